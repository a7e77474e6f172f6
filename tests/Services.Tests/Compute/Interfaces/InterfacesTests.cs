namespace Pipeline.Services.Tests.Compute.Interfaces;

public sealed class InterfacesTests
{
    [Fact]
    public void A_servers_addresses_are_listed_by_network() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var port = (await cloud.GetAsync("/network/v2.0/ports?device_owner=compute:nova", cloud.Demo)).Must(
                    200
                );
                var address = port.Json.GetProperty("ports")[0].GetProperty("fixed_ips")[0].GetProperty("ip_address");
                var network = $$"""{"private":[{"version":4,"addr":"{{address}}"}]}""";
                var all = (await cloud.GetAsync($"{server}/ips", cloud.Demo)).Must(200);
                Assert.Equal($$"""{"addresses":{{network}}}""", all.Body);
                Assert.Equal(network, (await cloud.GetAsync($"{server}/ips/private", cloud.Demo)).Must(200).Body);
                (await cloud.GetAsync($"{server}/ips/other", cloud.Demo)).Must(404);
            }
        );

    [Fact]
    public void A_servers_ports_are_its_interfaces() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var all = (await cloud.GetAsync($"{server}/os-interface", cloud.Demo)).Must(200);
                var one = Assert.Single(all.Json.GetProperty("interfaceAttachments").EnumerateArray());
                Assert.Equal("ACTIVE", one.GetProperty("port_state").GetString());
                Assert.Equal(cloud.Network, one.GetProperty("net_id").GetString());
                Assert.StartsWith("10.0.0.", one.GetProperty("fixed_ips")[0].GetProperty("ip_address").GetString());
                var shown = await cloud.GetAsync($"{server}/os-interface/{one.GetProperty("port_id")}", cloud.Demo);
                Assert.Equal(one.GetRawText(), shown.Must(200).Json.GetProperty("interfaceAttachment").GetRawText());
                (await cloud.GetAsync($"{server}/os-interface/{cloud.Network}", cloud.Demo)).Must(404);
            }
        );

    [Fact]
    public void Another_projects_server_has_none_of_it() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var stranger = await cloud.AddUserAsync("stranger");
                foreach (var what in new[] { "/ips", "/ips/private", "/os-interface", "/os-security-groups" })
                    (await cloud.GetAsync(server + what, stranger)).Must(404);
            }
        );
}
