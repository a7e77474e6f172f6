using Pipeline.Contracts.Drivers;
using Pipeline.Network.Ipam;

namespace Pipeline.Network.Subnets;

/// <summary>How a subnet's guests come to their IPv6 addresses, by Neutron's rules and in Neutron's words. Pure.</summary>
/// <param name="Advertised">`ipv6_ra_mode`: what a router of this cloud announces; null for nothing.</param>
/// <param name="Addressed">`ipv6_address_mode`: how this cloud addresses guests; null for by other means.</param>
internal sealed record Ipv6Modes(string? Advertised, string? Addressed)
{
    public const string RaMode = "ipv6_ra_mode";
    public const string AddressMode = "ipv6_address_mode";

    /// <summary>What every link of IPv6 carries (RFC 8200).</summary>
    public const int SmallestMtu = 1280;

    /// <summary>Of the prefix in which a guest can make an address of its MAC.</summary>
    private const int AutoLength = 64;

    private bool AreSet => Advertised is not null || Addressed is not null;

    /// <summary>Guests make their own addresses, of the prefix and their MACs.</summary>
    public bool AreAuto => IsAuto(Advertised) || IsAuto(Addressed);

    /// <exception cref="Fault">BadRequest for combinations that Neutron refuses.</exception>
    public static Ipv6Modes Read(Fields item, Cidr cidr, bool dhcp)
    {
        var modes = new Ipv6Modes(Of(item, RaMode), Of(item, AddressMode));
        if (cidr.Version == 4 && modes.AreSet)
            throw NeutronFault.InvalidInput(
                $"{(modes.Advertised is null ? AddressMode : RaMode)} is not valid when ip_version is 4."
            );
        if (modes.AreSet && !dhcp)
            throw NeutronFault.InvalidInput(
                "ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False."
            );
        if (modes is { Advertised: { } advertised, Addressed: { } addressed } && advertised != addressed)
            throw NeutronFault.InvalidInput(
                $"ipv6_ra_mode set to '{advertised}' with ipv6_address_mode set to '{addressed}' is not valid. If both "
                    + "attributes are set, they must be the same value."
            );
        if (modes.AreAuto && cidr.Length != AutoLength)
            throw NeutronFault.InvalidInput(
                $"Invalid CIDR {cidr} for IPv6 address mode. OpenStack uses the EUI-64 address format, which requires the "
                    + "prefix to be /64."
            );
        return modes;
    }

    /// <exception cref="Fault">BadRequest for a subnet that has modes, and is to have no DHCP any more.</exception>
    public void CheckUpdate(bool dhcp)
    {
        if (AreSet && !dhcp)
            throw NeutronFault.InvalidInput("Cannot disable enable_dhcp with ipv6 attributes set.");
    }

    private static bool IsAuto(string? mode) => mode is Ipv6Mode.Slaac or Ipv6Mode.Stateless;

    private static string? Of(Fields item, string name)
    {
        if (item.Nullable(name)?.String() is not { } mode)
            return null;
        string[] known = [Ipv6Mode.Stateful, Ipv6Mode.Stateless, Ipv6Mode.Slaac];
        return known.Contains(mode)
            ? mode
            : throw NeutronFault.Invalid(
                name,
                $"'{mode}' is not in [{string.Join(", ", known.Select(k => $"'{k}'"))}]."
            );
    }
}
