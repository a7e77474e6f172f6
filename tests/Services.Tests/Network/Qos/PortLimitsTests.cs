using Pipeline.Contracts.Drivers;
using Pipeline.Network.Hosts;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.Qos;

namespace Pipeline.Services.Tests.Network.Qos;

public sealed class PortLimitsTests
{
    private static readonly QosPolicyId Own = new(new Guid(1, 0, 0, new byte[8]));
    private static readonly QosPolicyId Wide = new(new Guid(2, 0, 0, new byte[8]));
    private static readonly NetworkRow Net = new() { QosPolicyId = Wide };

    [Fact]
    public void A_ports_own_policy_is_all_that_limits_it_and_its_networks_does_not_limit_routers()
    {
        var guests = new PortRow { HostId = Ids.Host(1), ServerId = Ids.Server(1) };
        var routers = new PortRow { HostId = Ids.Host(1), DeviceOwner = PortRow.RouterInterface };
        var pretender = guests with { DeviceOwner = PortRow.RouterInterface };
        Assert.Equal(Wide, PortLimits.PolicyOf(guests, Net));
        Assert.Equal(Wide, PortLimits.PolicyOf(pretender, Net));
        Assert.Null(PortLimits.PolicyOf(routers, Net));
        foreach (var port in (PortRow[])[guests, routers])
            Assert.Equal(Own, PortLimits.PolicyOf(port with { QosPolicyId = Own }, Net));
        Assert.Null(PortLimits.PolicyOf(guests, new()));
    }

    [Theory]
    [InlineData(1000, 0, 800)]
    [InlineData(1000, 50, 50)]
    [InlineData(1, 0, 1)]
    [InlineData(int.MaxValue, 0, 1717986917)]
    [InlineData(0, 50, null)]
    public void What_a_rule_does_not_say_of_bursts_follows_from_its_rate(int rate, int burst, int? passes)
    {
        var rule = new BandwidthLimitRow
        {
            QosPolicyId = Wide,
            MaxKbps = rate,
            MaxBurstKbps = burst,
        };
        var rules = new[] { rule }.ToLookup(r => r.QosPolicyId);
        Assert.Equal(
            passes is { } kbits ? new HostLimit(rate, kbits) : null,
            PortLimits.Of(Wide, BandwidthLimitRow.Egress, rules)
        );
        Assert.Null(PortLimits.Of(Wide, BandwidthLimitRow.Ingress, rules));
        Assert.Null(PortLimits.Of(Own, BandwidthLimitRow.Egress, rules));
        Assert.Null(PortLimits.Of(null, BandwidthLimitRow.Egress, rules));
    }
}
