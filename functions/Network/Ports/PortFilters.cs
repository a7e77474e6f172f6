using Pipeline.Network.Ipam;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Ports;

/// <summary>Filters of the port list that look beside the port's row.</summary>
internal static class PortFilters
{
    /// <summary>
    /// Each value is `subnet_id=`, `ip_address=` or `ip_address_substr=`; values of one key are alternatives, and one
    /// address of the port must fit all keys.
    /// </summary>
    public static void FixedIps(Conditions conditions, IReadOnlyList<string> values)
    {
        var pairs = values.Select(Pair).ToLookup(p => p.Key, p => p.Value);
        var clauses = new List<string>();
        if (pairs.Contains("subnet_id"))
            clauses.Add($"a.subnet_id IN {conditions.Bind(pairs["subnet_id"].ToArray())}");
        if (pairs.Contains("ip_address"))
            clauses.Add($"a.ip IN {conditions.Bind(pairs["ip_address"].Select(Normal).ToArray())}");
        var parts = pairs["ip_address_substr"]
            .Select(p => $"a.ip LIKE {conditions.Bind($"%{Escape(p.ToLowerInvariant())}%")} ESCAPE '!'");
        if (pairs.Contains("ip_address_substr"))
            clauses.Add($"({string.Join(" OR ", parts)})");
        if (clauses.Count > 0)
            conditions.Add($"x.id IN (SELECT a.port_id FROM ip_allocations a WHERE {string.Join(" AND ", clauses)})");
    }

    public static void MacAddress(Conditions conditions, IReadOnlyList<string> values) =>
        conditions.In("x.mac_address", AttributeKind.Text, [.. values.Select(v => Ports.MacAddress.Normal(v) ?? v)]);

    public static void SecurityGroups(Conditions conditions, IReadOnlyList<string> values) =>
        conditions.Add(
            $"""
            x.id IN (SELECT g.port_id FROM port_security_groups g WHERE g.security_group_id IN {conditions.Bind(
                values
            )})
            """
        );

    private static (string Key, string Value) Pair(string text) =>
        text.IndexOf('=') is > 0 and var at
            ? (text[..at], text[(at + 1)..])
            : throw NeutronFault.InvalidInput($"'{text}' is not of the form <key>=[value].");

    private static string Normal(string text) => IpAddress.TryParse(text, out var address) ? address.ToString() : text;

    private static string Escape(string text) => text.Replace("!", "!!").Replace("%", "!%").Replace("_", "!_");
}
