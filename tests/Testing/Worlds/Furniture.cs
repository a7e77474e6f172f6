using System.Text;
using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Worlds;

/// <summary>What a world has before its plan begins: an image for all, two flavors, and tenants with a network each.</summary>
internal static class Furniture
{
    public static async Task<List<Tenant>> MakeAsync(TestCloud cloud, int tenants)
    {
        await cloud.AddPublicImageAsync();
        await cloud.AddFlavorAsync("small", vcpus: 1, ram: 512, disk: 1);
        await cloud.AddFlavorAsync("huge", vcpus: 8, ram: 20_000, disk: 1);
        List<Tenant> made = [];
        for (var i = 1; i <= tenants; i++)
        {
            var user = i == 1 ? cloud.Demo : await cloud.AddUserAsync($"tenant-{i}");
            var network = await cloud.AddNetworkAsync("home", "10.0.0.0/24", user);
            await WarmUpAsync(cloud, user, network);
            made.Add(new(user, network));
        }
        return made;
    }

    /// <summary>The project's default security group comes with its first port, and stays.</summary>
    private static async Task WarmUpAsync(TestCloud cloud, CloudUser user, string network)
    {
        var body = $$$"""{"port": {"network_id": "{{{network}}}"}}""";
        var port = (await cloud.PostAsync("/network/v2.0/ports", body, user)).Must(201).Text("port", "id");
        (await cloud.DeleteAsync($"/network/v2.0/ports/{port}", user)).Must(204);
    }
}
