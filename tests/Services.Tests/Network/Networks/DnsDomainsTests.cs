namespace Pipeline.Services.Tests.Network.Networks;

public sealed class DnsDomainsTests
{
    [Fact]
    public void A_networks_domain_is_in_its_ports_names_and_told_to_its_hosts() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync("\"dns_domain\":\"Lab.Example.\"");
            await world.SubnetAsync(network, "10.0.0.0/24");
            Assert.Equal("lab.example.", await DomainAsync(world, network));
            var port = await world.PortAsync(network, "\"dns_name\":\"web\"");
            Assert.Equal("web.lab.example.", await NameAsync(world, port));
            var bound = await world.BindAsync(Ids.Server(1), Ids.Host(1), Ids.Existing(port));
            Assert.Equal("lab.example", bound.Networks[0].Domain);
            await world.PutAsync($"/networks/{network}", """{"network":{"dns_domain":""}}""");
            Assert.Equal("web.openstacklocal.", await NameAsync(world, port));
            var found = await world.GetAsync("/networks?dns_domain=lab.example.");
            Assert.Empty(found.All("networks", "id"));
        });

    [Fact]
    public void A_changed_domain_is_told_to_the_hosts_that_have_the_network() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/24");
            await world.RunServerAsync(Ids.Server(1), Ids.Host(1), network);
            var before = await VersionAsync(world);
            await world.PutAsync($"/networks/{network}", """{"network":{"dns_domain":"lab.example."}}""");
            Assert.True(await VersionAsync(world) > before);
        });

    [Theory]
    [InlineData("lab.example")]
    [InlineData(".")]
    [InlineData("lab..example.")]
    [InlineData("-lab.example.")]
    [InlineData("lab example.")]
    [InlineData("lab\\nserver=x.")]
    public void What_is_no_whole_domain_is_refused(string domain) =>
        NetworkWorld.Run(async world =>
        {
            var seen = await world.PostAsync("/networks", $"{{\"network\":{{\"dns_domain\":\"{domain}\"}}}}");
            Assert.Equal(400, seen.Status);
            Assert.Equal(0, await world.CountAsync("networks"));
        });

    [Fact]
    public void A_floating_address_takes_no_name() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var named = NetworkWorld.Item(
                "floatingip",
                NetworkWorld.Pair("floating_network_id", network),
                NetworkWorld.Pair("dns_name", "web")
            );
            var refused = await world.PostAsync("/floatingips", named);
            Assert.Equal((400, "BadRequest"), refused.Fault);
            Assert.Contains("dns_name", refused.Message);
        });

    private static async Task<string> DomainAsync(NetworkWorld world, string network) =>
        (await world.GetAsync($"/networks/{network}")).Text("network", "dns_domain");

    private static async Task<string> NameAsync(NetworkWorld world, string port) =>
        (await world.GetAsync($"/ports/{port}"))
            .Json.GetProperty("port")
            .GetProperty("dns_assignment")[0]
            .GetProperty("fqdn")
            .GetString()!;

    private static Task<long> VersionAsync(NetworkWorld world) =>
        world.Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT COALESCE(MAX(wanted), 0) FROM host_refresh"));
}
