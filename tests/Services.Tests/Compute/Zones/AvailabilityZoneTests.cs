using Pipeline.Testing;

namespace Pipeline.Services.Tests.Compute.Zones;

public sealed class AvailabilityZoneTests
{
    [Fact]
    public void The_answer_has_the_documented_shape() =>
        ComputeWorld.Run(async world =>
            Golden.Matches((await world.GetAsync("/os-availability-zone")).Golden, "compute/zones/list.200.json")
        );

    [Theory]
    [InlineData("state = 'up'", true, true)]
    [InlineData("state = 'down'", false, true)]
    [InlineData("enabled = 0", true, false)]
    public void The_zone_is_available_while_a_host_takes_servers(string change, bool available, bool active) =>
        ComputeWorld.Run(async world =>
        {
            await world.BuildAsync();
            await world.SetHostAsync((await world.GetHostsAsync())[0], change);
            var zone = (await world.GetAsync("/os-availability-zone/detail", "mine:admin")).Json.GetProperty(
                "availabilityZoneInfo"
            )[0];
            Assert.Equal(available && active, zone.GetProperty("zoneState").GetProperty("available").GetBoolean());
            var host = zone.GetProperty("hosts").GetProperty("metal-1").GetProperty("nova-compute");
            Assert.Equal(
                (available, active),
                (host.GetProperty("available").GetBoolean(), host.GetProperty("active").GetBoolean())
            );
        });
}
