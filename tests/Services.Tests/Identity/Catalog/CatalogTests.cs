using Microsoft.AspNetCore.Http;

namespace Pipeline.Services.Tests.Identity.Catalog;

public sealed class CatalogTests
{
    [Fact]
    public async Task Services_endpoints_and_regions_are_listed_and_shown_in_the_documented_shapes()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var services = await host.GetAsync("services", admin);
        var endpoints = await host.GetAsync("endpoints?interface=public", admin);
        services.Matches("catalog/list-services.200.json");
        endpoints.Matches("catalog/list-endpoints.200.json");
        (await host.GetAsync("regions", admin)).Matches("catalog/list-regions.200.json");
        (await host.GetAsync($"services/{First(services, "services")}", admin)).Matches(
            "catalog/show-service.200.json"
        );
        (await host.GetAsync($"endpoints/{First(endpoints, "endpoints")}", admin)).Matches(
            "catalog/show-endpoint.200.json"
        );
        (await host.GetAsync("regions/RegionOne", admin)).Matches("catalog/show-region.200.json");
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        await using var world = await IdentityWorld.StartAsync();
        var admin = await world.Host.AdminAsync();
        foreach (var path in (string[])["services/nova", "endpoints/x", "regions/RegionTwo"])
            Assert.Equal(404, (await world.Host.GetAsync(path, admin)).Status);
    }

    [Fact]
    public async Task Lists_are_filtered()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        Assert.Equal(["nova"], (await host.GetAsync("services?type=compute", admin)).Names("services"));
        Assert.Equal(["keystone"], (await host.GetAsync("services?name=keystone", admin)).Names("services"));
        var nova = First(await host.GetAsync("services?name=nova", admin), "services");
        var endpoints = await host.GetAsync($"endpoints?service_id={nova}&region_id=RegionOne", admin);
        Assert.Equal(3, endpoints.Json.GetProperty("endpoints").GetArrayLength());
        var elsewhere = await host.GetAsync("endpoints?region_id=RegionTwo", admin);
        Assert.Equal(0, elsewhere.Json.GetProperty("endpoints").GetArrayLength());
    }

    [Fact]
    public async Task Ids_are_the_same_on_every_functions_host_and_after_every_start()
    {
        await using var world = await IdentityWorld.StartAsync();
        var admin = await world.Host.AdminAsync();
        var (here, there) = (
            await world.Host.GetAsync("endpoints", admin),
            await world.NewHost().GetAsync("endpoints", admin)
        );
        Assert.Equal(here.Body, there.Body);
    }

    [Fact]
    public async Task Urls_are_those_that_the_client_called_by()
    {
        await using var world = await IdentityWorld.StartAsync();
        var token = await world.Host.DemoAsync();
        var seen = await world.Host.SendAsync(
            "GET",
            "/identity/v3/auth/catalog",
            token,
            prepare: context =>
            {
                context.Request.Scheme = "https";
                context.Request.Host = new HostString("other.example");
            }
        );
        Assert.Contains("\"https://other.example/compute/v2.1\"", seen.Body);
        Assert.DoesNotContain("cloud.example", seen.Body);
    }

    private static string First(Seen seen, string list) =>
        seen.Json.GetProperty(list)[0].GetProperty("id").GetString()!;
}
