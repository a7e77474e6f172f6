namespace Pipeline.Contracts.Drivers;

/// <summary>Neutron's words for how guests come by their addresses of IPv6.</summary>
public static class Ipv6Mode
{
    /// <summary>They make them of the advertised prefix.</summary>
    public const string Slaac = "slaac";

    /// <summary>DHCPv6 leases them, and tells all else.</summary>
    public const string Stateful = "dhcpv6-stateful";

    /// <summary>They make them themselves; DHCPv6 tells all else.</summary>
    public const string Stateless = "dhcpv6-stateless";

    public static bool Has(string word) => word is Slaac or Stateful or Stateless;
}
