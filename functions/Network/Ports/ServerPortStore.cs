using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Network;
using Pipeline.Data;

namespace Pipeline.Network.Ports;

/// <summary>The ports of servers with their addresses and groups, in one statement: every answer that shows a server asks it.</summary>
internal static class ServerPortStore
{
    private const string OfSome =
        $"{Select} WHERE p.server_id IN @servers AND p.attachment > 0 AND p.deleted_at IS NULL";
    private const string OfOne = $"{Select} WHERE p.server_id = @server AND p.attachment > 0 AND p.deleted_at IS NULL";

    // A port comes once for each pair of its addresses and groups; it has one or two of either. They are sorted here: to SQLite
    // a sorter costs as much as all it finds.
    private const string Select = """
        SELECT p.id, p.server_id, p.network_id, n.name AS network_name, p.mac_address, p.status, p.attachment, a.subnet_id,
            a.ip, a.position, s.name AS group_name
        FROM ports p JOIN networks n ON n.id = p.network_id
            LEFT JOIN ip_allocations a ON a.port_id = p.id
            LEFT JOIN port_security_groups g ON g.port_id = p.id
            LEFT JOIN security_groups s ON s.id = g.security_group_id
        """;

    private static readonly Comparer<ServerPortRow> AsAttached = Comparer<ServerPortRow>.Create(Compare);

    /// <summary>By server, in the order in which they were attached.</summary>
    public static async ValueTask<IReadOnlyDictionary<ServerId, IReadOnlyList<ServerPort>>> ListAsync(
        Tx tx,
        IReadOnlyCollection<ServerId> servers
    )
    {
        var rows =
            servers.Count == 1
                ? await tx.ListAsync<ServerPortRow>(OfOne, new { server = servers.First() })
                : await tx.ListAsync<ServerPortRow>(OfSome, new { servers });
        var found = new Dictionary<ServerId, IReadOnlyList<ServerPort>>();
        var ports = new List<ServerPort>();
        ServerPortRow? last = null;
        foreach (var row in rows.Count == 1 ? rows : [.. rows.Order(AsAttached)])
        {
            if (row.ServerId != last?.ServerId)
                found.Add(row.ServerId, ports = []);
            if (row.Id != last?.Id)
                ports.Add(new(row.Id, row.NetworkId, row.NetworkName, row.MacAddress, [], [], row.Status));
            ports[^1] = With(ports[^1], row);
            last = row;
        }
        return found;
    }

    private static ServerPort With(ServerPort port, ServerPortRow row)
    {
        if (row is { SubnetId: { } subnet, Ip: { } ip } && !port.Addresses.Contains(new(subnet, ip)))
            port = port with { Addresses = [.. port.Addresses, new HostAddress(subnet, ip)] };
        if (row.GroupName is { } group && !port.SecurityGroups.Contains(group))
            port = port with { SecurityGroups = [.. port.SecurityGroups, group] };
        return port;
    }

    /// <summary>By server, then as attached; a port's rows by its addresses, then by its groups' names.</summary>
    private static int Compare(ServerPortRow a, ServerPortRow b)
    {
        var by = a.ServerId.Value.CompareTo(b.ServerId.Value);
        by = by != 0 ? by : a.Attachment.CompareTo(b.Attachment);
        by = by != 0 ? by : a.Id.Value.CompareTo(b.Id.Value);
        by = by != 0 ? by : Nullable.Compare(a.Position, b.Position);
        return by != 0 ? by : string.CompareOrdinal(a.GroupName, b.GroupName);
    }

    private sealed record ServerPortRow
    {
        public PortId Id { get; init; }
        public ServerId ServerId { get; init; }
        public NetworkId NetworkId { get; init; }
        public string NetworkName { get; init; } = "";
        public string MacAddress { get; init; } = "";
        public string Status { get; init; } = "";
        public int Attachment { get; init; }
        public SubnetId? SubnetId { get; init; }
        public string? Ip { get; init; }
        public int? Position { get; init; }
        public string? GroupName { get; init; }
    }
}
