using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Router.LinuxRouter;

namespace Pipeline.Drivers.Tests.Router.LinuxRouter;

public sealed class AdvertisingTests
{
    private static readonly RouterLeg Leg = new(new(Guid.NewGuid()), "fa:16:3e:00:01:01", ["fd00::1/64"], 1450);

    [Theory]
    [InlineData(Ipv6Mode.Slaac, "off", "off", "on", "  RDNSS 2001:db8::53 { };\n")]
    [InlineData(Ipv6Mode.Stateless, "off", "on", "on", "  RDNSS 2001:db8::53 { };\n")]
    [InlineData(Ipv6Mode.Stateful, "on", "off", "off", "")]
    public void A_prefix_is_advertised_so(string mode, string managed, string other, string autonomous, string names) =>
        Assert.Equal(
            $$"""
            interface plt0
            {
              AdvSendAdvert on;
              MinRtrAdvInterval 30;
              MaxRtrAdvInterval 100;
              AdvLinkMTU 1450;
              AdvManagedFlag {{managed}};
              AdvOtherConfigFlag {{other}};
              prefix fd00::/64 { AdvOnLink on; AdvAutonomous {{autonomous}}; };
            {{names}}};

            """,
            Render(new RouterAdvertisement("fd00::/64", mode, ["2001:db8::53"]))
        );

    [Fact]
    public void Many_name_servers_are_told_a_few_at_a_time()
    {
        var names = Enumerable.Range(1, 5).Select(number => $"2001:db8::{number}").ToList();
        var text = Render(
            new("fd00::/64", Ipv6Mode.Slaac, [.. names, "192.0.2.53"]),
            new("fd00:1::/64", Ipv6Mode.Stateless, names),
            new("fd00:2::/64", Ipv6Mode.Stateful, ["2001:db8::9"])
        );
        Assert.Contains(
            "  RDNSS 2001:db8::1 2001:db8::2 2001:db8::3 { };\n  RDNSS 2001:db8::4 2001:db8::5 { };\n};",
            text
        );
    }

    [Fact]
    public void Nothing_is_said_on_legs_without_advertisements() =>
        Assert.Empty(Advertising.Render([new(Leg, "plt0"), new(Leg with { Advertisements = [] }, "plt1")]));

    private static string Render(params RouterAdvertisement[] told) =>
        Advertising.Render([new(Leg with { Advertisements = told }, "plt0")]);
}
