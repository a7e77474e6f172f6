using Pipeline.Identity.Catalog;

namespace Pipeline.Services.Tests.Identity.Catalog;

public sealed class CatalogEditTests
{
    [Fact]
    public async Task What_an_operator_adds_is_in_the_catalogue_of_every_functions_host_within_a_second()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, other, admin) = (world.Host, world.NewHost(), await world.Host.AdminAsync());
        Assert.DoesNotContain("dns.example", (await other.GetAsync("auth/catalog", admin)).Body);
        var service = await host.PostAsync(
            "services",
            admin,
            """{"service":{"type":"dns","name":"designate","description":"names"}}"""
        );
        service.Matches("catalog/create-service.201.json");
        var region = await host.PostAsync("regions", admin, """{"region":{"id":"north","description":"n"}}""");
        region.Matches("catalog/create-region.201.json");
        var endpoint = await host.PostAsync(
            "endpoints",
            admin,
            Endpoint(service.Id("service"), "http://dns.example/%(tenant_id)s/$(user_id)s")
        );
        endpoint.Matches("catalog/create-endpoint.201.json");
        world.Time.Advance(TimeSpan.FromSeconds(1));
        var caller = await other.CallerAsync(admin);
        var catalog = await other.GetAsync("auth/catalog", admin);
        Assert.Contains($"http://dns.example/{caller!.ProjectId}/{caller.UserId}", catalog.Body);
        await host.PatchAsync($"endpoints/{endpoint.Id("endpoint")}", admin, """{"endpoint":{"enabled":false}}""");
        Assert.DoesNotContain("dns.example", (await host.GetAsync("auth/catalog", admin)).Body);
        Assert.Equal(204, (await host.DeleteAsync($"services/{service.Id("service")}", admin)).Status);
        Assert.Equal(404, (await host.GetAsync($"endpoints/{endpoint.Id("endpoint")}", admin)).Status);
    }

    [Fact]
    public async Task An_endpoint_that_names_a_project_is_in_no_catalogue_without_one()
    {
        await using var world = await IdentityWorld.StartAsync();
        var admin = await world.Host.AdminAsync();
        var service = (await world.Host.PostAsync("services", admin, """{"service":{"type":"dns"}}""")).Id("service");
        await world.Host.PostAsync("endpoints", admin, Endpoint(service, "http://dns.example/$(project_id)s"));
        var login = IdentityHost.Login("admin", world.Passwords.Admin, null);
        var system = await world.Host.PostAsync(
            "auth/tokens",
            null,
            login.Replace("\"scope\":\"unscoped\"", "\"scope\":{\"system\":{\"all\":true}}")
        );
        Assert.Equal(201, system.Status);
        Assert.DoesNotContain("dns.example", system.Body);
        Assert.DoesNotContain("volumev3", system.Body);
        Assert.Contains("nova", system.Body);
    }

    [Fact]
    public async Task Regions_lie_in_each_other_and_go_when_nothing_is_in_them()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        Assert.Equal(201, (await PutAsync("north", "{}")).Status);
        Assert.Equal(409, (await PutAsync("north", "{}")).Status);
        Assert.Equal(409, (await PutAsync("RegionOne", "{}")).Status);
        Assert.Equal(201, (await PutAsync("fjord", """{"parent_region_id":"north"}""")).Status);
        Assert.Equal(404, (await PutAsync("x", """{"parent_region_id":"none"}""")).Status);
        var circle = await host.PatchAsync("regions/north", admin, """{"region":{"parent_region_id":"fjord"}}""");
        Assert.Equal(400, circle.Status);
        var below = await host.GetAsync("regions?parent_region_id=north", admin);
        Assert.Equal("fjord", below.Json.GetProperty("regions")[0].GetProperty("id").GetString());
        var nova = await host.IdAsync("services", "nova", admin);
        var body =
            $$$"""{"endpoint":{"interface":"public","service_id":"{{{nova}}}","region":"fjord","url":"http://n.example"}}""";
        var endpoint = (await host.PostAsync("endpoints", admin, body)).Id("endpoint");
        Assert.Equal(403, (await host.DeleteAsync("regions/north", admin)).Status);
        Assert.Equal(204, (await host.DeleteAsync($"endpoints/{endpoint}", admin)).Status);
        Assert.Equal(204, (await host.DeleteAsync("regions/north", admin)).Status);
        Assert.Equal(404, (await host.GetAsync("regions/fjord", admin)).Status);

        Task<Seen> PutAsync(string id, string region) =>
            host.SendAsync("PUT", $"/identity/v3/regions/{id}", admin, $$$"""{"region":{{{region}}} }""");
    }

    [Fact]
    public async Task The_clouds_own_entries_are_edited_by_nobody()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var nova = await host.IdAsync("services", "nova", admin);
        var own = (await host.GetAsync($"endpoints?service_id={nova}", admin)).Json.GetProperty("endpoints")[0];
        foreach (var path in (string[])[$"services/{nova}", $"endpoints/{own.GetProperty("id")}", "regions/RegionOne"])
        {
            Assert.Equal(403, (await host.DeleteAsync(path, admin)).Status);
            var body = """{"service":{"name":"x"},"endpoint":{"url":"http://x"},"region":{"description":"x"}}""";
            Assert.Equal(403, (await host.PatchAsync(path, admin, body)).Status);
        }
    }

    [Theory]
    [InlineData("http://h/$(project_id)s/%(tenant_id)s", "http://h/p/p")]
    [InlineData("http://h/100%%/$x", "http://h/100%/$x")]
    [InlineData("http://h/$(user_id)s", "http://h/u")]
    [InlineData("http://h/$(password)s", null)]
    [InlineData("http://h/%(project_id)", null)]
    [InlineData("http://h/%d", null)]
    [InlineData("http://h/%", null)]
    public void A_template_is_filled_or_refused(string template, string? url) =>
        Assert.Equal(url, UrlTemplate.Fill(template, "p", "u"));

    [Theory]
    [InlineData("""{"interface":"public","service_id":"none","url":"http://h"}""")]
    [InlineData("""{"interface":"secret","service_id":"SERVICE","url":"http://h"}""")]
    [InlineData("""{"interface":"public","service_id":"SERVICE","url":"http://h/$(x)s"}""")]
    [InlineData("""{"interface":"public","service_id":"SERVICE","url":"no url"}""")]
    [InlineData("""{"interface":"public","service_id":"SERVICE"}""")]
    public async Task An_endpoint_is_checked_before_it_is_written(string body)
    {
        await using var world = await IdentityWorld.StartAsync();
        var (host, admin) = (world.Host, await world.Host.AdminAsync());
        var nova = await host.IdAsync("services", "nova", admin);
        var before = (await host.GetAsync("endpoints", admin)).Body;
        var refused = await host.PostAsync(
            "endpoints",
            admin,
            $$$"""{"endpoint":{{{body.Replace("SERVICE", nova)}}} }"""
        );
        Assert.Equal(400, refused.Status);
        Assert.Equal(before, (await host.GetAsync("endpoints", admin)).Body);
    }

    private static string Endpoint(string service, string url) =>
        $$$"""{"endpoint":{"interface":"public","service_id":"{{{service}}}","region_id":"north","url":"{{{url}}}"} }""";
}
