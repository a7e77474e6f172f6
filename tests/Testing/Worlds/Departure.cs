using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Worlds;

/// <summary>A tenant deletes all there is in the project, known or not: some requests were never answered.</summary>
internal sealed class Departure(TestCloud cloud, Tenant tenant)
{
    public Task ServersAsync()
    {
        tenant.AskForAll();
        return DeleteAllAsync("/compute/v2.1/servers", "servers", "id");
    }

    public async Task RestAsync()
    {
        await DeleteAllAsync("/volume/v3/volumes", "volumes", "id", "?cascade=true", 202);
        await EmptyRoutersAsync();
        await DeleteAllAsync("/network/v2.0/routers", "routers", "id");
        await DeleteAllAsync("/network/v2.0/ports?device_owner=", "ports", "id");
        await DeleteAllAsync("/network/v2.0/networks?shared=false&router:external=false", "networks", "id");
        await DeleteAllAsync("/network/v2.0/security-groups", "security_groups", "id");
        await DeleteAllAsync("/image/v2/images?visibility=private", "images", "id");
    }

    private async Task EmptyRoutersAsync()
    {
        const string legs = "/network/v2.0/ports?device_owner=network:router_interface";
        var answer = (await cloud.GetAsync(legs, tenant.User)).Must(200);
        foreach (var port in answer.Json.GetProperty("ports").EnumerateArray())
        {
            var router = port.GetProperty("device_id").GetString();
            var body = $$"""{"port_id": "{{port.GetProperty("id").GetString()}}"}""";
            var path = $"/network/v2.0/routers/{router}/remove_router_interface";
            (await cloud.PutAsync(path, body, tenant.User)).Must(200);
        }
    }

    private async Task DeleteAllAsync(string path, string name, string id, string query = "", int answered = 204)
    {
        var answer = (await cloud.GetAsync(path, tenant.User)).Must(200);
        foreach (var item in answer.Json.GetProperty(name).EnumerateArray())
        {
            var key = item.GetProperty(id).GetString()!;
            var isHome = key == tenant.Network;
            var isDefault = name == "security_groups" && item.GetProperty("name").GetString() == "default";
            if (isHome || isDefault)
                continue;
            var root = path.Split('?')[0];
            var deleted = await cloud.DeleteAsync($"{root}/{key}{query}", tenant.User);
            if (deleted.Status != 404)
                deleted.Must(answered);
        }
    }
}
