using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>A server's way from its order to its end, with faults on it, and what must hold on that way.</summary>
internal static class Journey
{
    private static readonly Lazy<IReadOnlyList<Place>> Building = new(() => Passed(deleting: false));
    private static readonly Lazy<IReadOnlyList<Place>> Deleting = new(() => Passed(deleting: true));

    /// <summary>The places that a build passes when nothing goes wrong, found by building once.</summary>
    public static IReadOnlyList<Place> OfBuild => Building.Value;

    public static IReadOnlyList<Place> OfDelete => Deleting.Value;

    public static TheoryData<Where, string, int> At(IReadOnlyList<Place> places, params Where[] wheres)
    {
        var data = new TheoryData<Where, string, int>();
        foreach (var (where, name, nth) in places.Where(p => wheres.Contains(p.Where)))
            data.Add(where, name, nth);
        return data;
    }

    /// <summary>Builds a server in a furnished cloud with faults on the way, checks its end, deletes it, and looks what is left.</summary>
    /// <param name="failed">Null: it becomes ACTIVE. Else ERROR, with a fault that says this, and nothing of it is left behind.</param>
    public static void Build(Action<CloudFaultPlan> faults, string? failed = null, CloudOptions? options = null) =>
        TestCloud.Run(
            async cloud =>
            {
                var before = await FurnishedAsync(cloud);
                faults(cloud.Faults);
                var id = await cloud.CreateServerAsync();
                await cloud.IdleAsync();
                Assert.Empty(cloud.Faults.Missed);
                if (failed is null)
                    await LivesAsync(cloud, id);
                else
                    await FailedAsync(cloud, id, failed, before);
                await EndAsync(cloud, id, before);
            },
            options: options
        );

    /// <summary>Deletes a standing server with faults on the way: it is gone at the end, and nothing is left.</summary>
    public static void Delete(Action<CloudFaultPlan> faults) =>
        TestCloud.Run(async cloud =>
        {
            var before = await FurnishedAsync(cloud);
            var id = await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            cloud.Faults.Begin();
            faults(cloud.Faults);
            await EndAsync(cloud, id, before);
            Assert.Empty(cloud.Faults.Missed);
        });

    /// <summary>An image, flavors and a network are there, nothing is under way, and counting begins.</summary>
    public static async Task<Holdings> FurnishedAsync(TestCloud cloud)
    {
        await cloud.FurnishAsync();
        await cloud.IdleAsync();
        cloud.Faults.Begin();
        return await cloud.ResourcesAsync();
    }

    /// <summary>It is ACTIVE, its guest runs on one host, with a disk that has the image, and a port with an address.</summary>
    public static async Task LivesAsync(TestCloud cloud, string id)
    {
        var server = (await cloud.ServerAsync(id)).Must(200);
        Assert.True(server.Text("server", "status") == "ACTIVE", server.Body);
        var home = Assert.Single(cloud.Hosts, h => h.Metal.Guests.ContainsKey(id));
        Assert.Equal("Running", home.Metal.Guests[id].State.ToString());
        Assert.Equal(cloud.Image, $"{home.Metal.Disks[id].Image?.Id}");
        var nic = Assert.Single(home.Metal.Guests[id].Spec.Nics);
        Assert.NotEmpty(home.Metal.Ports[$"{nic.Port}"].Addresses);
        Assert.Contains("private", server.Text("server", "addresses"), StringComparison.Ordinal);
    }

    public static async Task FailedAsync(TestCloud cloud, string id, string failed, Holdings before)
    {
        var server = (await cloud.ServerAsync(id)).Must(200);
        Assert.True(server.Text("server", "status") == "ERROR", server.Body);
        Assert.Contains(failed, server.Text("server", "fault", "message"), StringComparison.Ordinal);
        Assert.Equal(before.WithoutServers, (await cloud.ResourcesAsync()).WithoutServers);
    }

    /// <summary>Deletes the server; then everything is as it was before it.</summary>
    public static async Task EndAsync(TestCloud cloud, string id, Holdings before)
    {
        await cloud.DeleteServerAsync(id);
        await cloud.IdleAsync();
        Assert.Equal("GONE", await cloud.StatusAsync(id));
        Assert.Equal(before.ToString(), (await cloud.ResourcesAsync()).ToString());
    }

    private static List<Place> Passed(bool deleting)
    {
        List<Place> places = [];
        TestCloud.Run(async cloud =>
        {
            await FurnishedAsync(cloud);
            var id = await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            if (deleting)
            {
                cloud.Faults.Begin();
                await cloud.DeleteServerAsync(id);
                await cloud.IdleAsync();
            }
            places.AddRange(cloud.Faults.Passed);
        });
        return places;
    }
}
