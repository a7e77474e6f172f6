using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.IpAvailability;

public sealed class IpAvailabilityTests
{
    [Fact]
    public void Addresses_given_and_to_give_are_counted() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/24");
            await world.SubnetAsync(network, "10.0.1.0/29", "\"enable_dhcp\":false");
            await world.PortAsync(network);
            var empty = await world.NetworkAsync("\"name\":\"empty\"", "other");
            var seen = await world.GetAsync($"/network-ip-availabilities/{network}", "admin");
            Golden.Matches(seen.Golden, "network/network-ip-availabilities/show.200.json");
            var all = await world.GetAsync("/network-ip-availabilities", "admin");
            Assert.Equal(["0", "258"], all.All("network_ip_availabilities", "total_ips").Order());
            Assert.Equal([network], await IdsAsync(world, "ip_version=4"));
            Assert.Empty(await IdsAsync(world, "ip_version=6"));
            Assert.Equal([empty], await IdsAsync(world, $"tenant_id={NetworkWorld.Other}"));
            Assert.Equal([empty], await IdsAsync(world, "network_name=empty"));
        });

    [Fact]
    public void They_are_an_operators_to_see() =>
        NetworkWorld.Run(async world =>
        {
            Assert.Equal(403, (await world.GetAsync("/network-ip-availabilities")).Status);
            Assert.Equal(404, (await world.GetAsync("/network-ip-availabilities/none", "admin")).Status);
        });

    private static async Task<IReadOnlyList<string>> IdsAsync(NetworkWorld world, string query) =>
        (await world.GetAsync($"/network-ip-availabilities?{query}", "admin")).All(
            "network_ip_availabilities",
            "network_id"
        );
}
