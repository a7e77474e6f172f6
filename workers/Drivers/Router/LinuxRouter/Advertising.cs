using System.Text;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Router.LinuxRouter;

/// <summary>What a router's radvd reads. Pure.</summary>
internal static class Advertising
{
    // radvd takes no more name servers than these in one go.
    private const int EachTime = 3;

    /// <summary>Empty where nothing is advertised.</summary>
    /// <remarks>The times are those that Neutron has by default.</remarks>
    public static string Render(IEnumerable<NamedLeg> legs) =>
        string.Concat(
            legs.Where(named => named.Leg.Advertisements is { Count: > 0 })
                .Select(named => Leg(named.Device, named.Leg.Mtu, named.Leg.Advertisements!))
        );

    private static string Leg(string device, int mtu, IReadOnlyList<RouterAdvertisement> told)
    {
        var text = new StringBuilder(
            $$"""
            interface {{device}}
            {
              AdvSendAdvert on;
              MinRtrAdvInterval 30;
              MaxRtrAdvInterval 100;
              AdvLinkMTU {{mtu}};
              AdvManagedFlag {{OnIf(told.Any(one => one.Mode == Ipv6Mode.Stateful))}};
              AdvOtherConfigFlag {{OnIf(told.Any(one => one.Mode == Ipv6Mode.Stateless))}};

            """
        );
        foreach (var one in told)
            text.Append(
                $"  prefix {one.Prefix} {{ AdvOnLink on; AdvAutonomous {OnIf(one.Mode != Ipv6Mode.Stateful)}; }};\n"
            );
        // Who leases an address is told the name servers with it.
        var names = told.Where(one => one.Mode != Ipv6Mode.Stateful)
            .SelectMany(one => one.Nameservers)
            .Where(address => address.Contains(':')) // a subnet's may be of either version
            .Distinct();
        foreach (var some in names.Chunk(EachTime))
            text.Append($"  RDNSS {string.Join(' ', some)} {{ }};\n");
        return text.Append("};\n").ToString();
    }

    private static string OnIf(bool holds) => holds ? "on" : "off";
}
