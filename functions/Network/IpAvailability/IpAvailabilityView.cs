using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Pipeline.Network.Networks;
using Pipeline.Network.Subnets;
using Pipeline.Network.Wire;

namespace Pipeline.Network.IpAvailability;

/// <summary>How many addresses a network has to give, and how many it has given.</summary>
internal sealed record NetworkAvailability(NetworkRow Row, IReadOnlyList<SubnetAvailability> Subnets);

internal sealed record SubnetAvailability(SubnetRow Row, BigInteger Total, long Used);

internal static class IpAvailabilityView
{
    public static Collection<NetworkAvailability> All { get; } =
        new(
            "network_ip_availability",
            "network_ip_availabilities",
            "network/v2.0/network-ip-availabilities",
            Shown<NetworkAvailability>.Text("network_id", Use.Find, n => n.Row.Id.ToString()) with
            {
                Column = "x.id",
            },
            Shown<NetworkAvailability>.Text("network_name", Use.Filter, n => n.Row.Name) with
            {
                Column = "x.name",
            },
            Shown<NetworkAvailability>.Text("tenant_id", Use.Filter, n => n.Row.ProjectId.Value) with
            {
                Column = "x.project_id",
            },
            Shown<NetworkAvailability>.Text("project_id", Use.Filter, n => n.Row.ProjectId.Value),
            Shown<NetworkAvailability>.Objects("subnet_ip_availability", Use.None, n => n.Subnets, Write),
            Shown<NetworkAvailability>.Number("used_ips", Use.None, n => n.Subnets.Sum(s => s.Used)),
            new("total_ips", Use.None, (json, n) => WriteNumber(json, Total(n)))
        )
        {
            Filters = new Dictionary<string, Filter> { ["ip_version"] = OfVersion },
        };

    private static BigInteger Total(NetworkAvailability network) =>
        network.Subnets.Aggregate(BigInteger.Zero, (sum, subnet) => sum + subnet.Total);

    /// <summary>One subnet of IPv6 has more addresses than 64 bits can count.</summary>
    private static void WriteNumber(Utf8JsonWriter json, BigInteger number) =>
        json.WriteRawValue(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Networks that have a subnet of the version.</summary>
    private static void OfVersion(Conditions conditions, IReadOnlyList<string> values)
    {
        var versions = new Conditions();
        versions.In("s.ip_version", AttributeKind.Number, values);
        var bound = conditions.Bind(versions.Args.Values.Single());
        conditions.Add($"x.id IN (SELECT s.network_id FROM subnets s WHERE s.ip_version IN {bound})");
    }

    private static void Write(Utf8JsonWriter json, SubnetAvailability subnet)
    {
        json.WriteString("subnet_id", subnet.Row.Id.ToString());
        json.WriteString("subnet_name", subnet.Row.Name);
        json.WriteNumber("ip_version", subnet.Row.IpVersion);
        json.WriteString("cidr", subnet.Row.Cidr);
        json.WritePropertyName("total_ips");
        WriteNumber(json, subnet.Total);
        json.WriteNumber("used_ips", subnet.Used);
    }
}
