namespace Pipeline.Services.Tests.Network.Subnets;

public sealed class ServiceSubnetsTests
{
    [Fact]
    public void A_port_has_addresses_of_the_subnets_for_its_owner() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var open = await world.SubnetAsync(network, "10.0.0.0/24");
            var guests = await world.SubnetAsync(network, "10.0.1.0/24", "\"service_types\":[\"compute:nova\"]");
            Assert.Equal(
                """["compute:nova"]""",
                (await world.GetAsync($"/subnets/{guests}")).Text("subnet", "service_types")
            );
            var owned = await PortAsync(world, network, "\"device_owner\":\"compute:nova\"");
            Assert.StartsWith("10.0.1.", Assert.Single(owned.Addresses));
            Assert.StartsWith("10.0.0.", Assert.Single((await PortAsync(world, network, "\"name\":\"x\"")).Addresses));
            var server = await world.BindAsync(Ids.Server(1), Ids.Host(1), Ids.Nic(network));
            Assert.StartsWith("10.0.1.", server.Ports[0].Addresses[0].Address);
            var asked = await PortAsync(world, network, $"\"fixed_ips\":[{{\"subnet_id\":\"{guests}\"}}]");
            Assert.Equal((400, "InvalidInput"), asked.Fault);
            Assert.Equal(200, (await world.PutAsync($"/subnets/{open}", Only("network:x"))).Status);
            var none = await PortAsync(world, network, "\"name\":\"y\"");
            Assert.Equal((409, "IpAddressGenerationFailureNoMatchingSubnet"), none.Fault);
            Assert.Equal(201, (await PortAsync(world, network, "\"fixed_ips\":[]")).Status);
        });

    [Theory]
    [InlineData("x")]
    [InlineData("compute:a,network:b")]
    public void A_type_that_no_device_has_is_refused(string type) =>
        NetworkWorld.Run(async world =>
        {
            var subnet = await world.SubnetAsync(await world.NetworkAsync(), "10.0.0.0/24");
            Assert.Equal(
                (400, "InvalidSubnetServiceType"),
                (await world.PutAsync($"/subnets/{subnet}", Only(type))).Fault
            );
        });

    private static string Only(string type) => NetworkWorld.Item("subnet", $"\"service_types\":[\"{type}\"]");

    private static Task<Seen> PortAsync(NetworkWorld world, string network, string attributes) =>
        world.PostAsync("/ports", NetworkWorld.PortBody(network, attributes));
}
