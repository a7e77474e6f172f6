namespace Pipeline.Services.Tests.Network;

/// <summary>Subnets of IPv6 and what guests have of them.</summary>
internal static class Ipv6World
{
    public const string Slaac = "\"ipv6_ra_mode\":\"slaac\",\"ipv6_address_mode\":\"slaac\"";
    public const string Stateless = "\"ipv6_ra_mode\":\"dhcpv6-stateless\",\"ipv6_address_mode\":\"dhcpv6-stateless\"";
    public const string Stateful = "\"ipv6_ra_mode\":\"dhcpv6-stateful\",\"ipv6_address_mode\":\"dhcpv6-stateful\"";

    public static string Body(string network, string attributes) =>
        NetworkWorld.Item("subnet", NetworkWorld.Pair("network_id", network), "\"ip_version\":6", attributes);

    public static async Task<string> Subnet6Async(
        this NetworkWorld world,
        string network,
        string cidr,
        string modes = Slaac,
        string token = "member"
    ) =>
        (await world.PostAsync("/subnets", Body(network, $"{NetworkWorld.Pair("cidr", cidr)},{modes}"), token)).Id(
            "subnet"
        );

    /// <summary>A network with 10.0.0.0/24, and a subnet of IPv6.</summary>
    public static async Task<(string Network, string Subnet)> DualAsync(this NetworkWorld world, string modes = Slaac)
    {
        var network = await world.NetworkAsync();
        await world.SubnetAsync(network, "10.0.0.0/24");
        return (network, await world.Subnet6Async(network, "fd00::/64", modes));
    }

    public static async Task<IReadOnlyList<string>> AddressesAsync(this NetworkWorld world, string port) =>
        (await world.GetAsync($"/ports/{port}", "admin")).Addresses;

    /// <summary>The addresses of the network's DHCP server.</summary>
    public static async Task<IReadOnlyList<string>> DhcpAsync(this NetworkWorld world, string network)
    {
        var seen = await world.GetAsync($"/ports?network_id={network}&device_owner=network:dhcp");
        return
        [
            .. seen
                .Json.GetProperty("ports")
                .EnumerateArray()
                .SelectMany(p => p.GetProperty("fixed_ips").EnumerateArray())
                .Select(a => a.GetProperty("ip_address").GetString()!),
        ];
    }
}
