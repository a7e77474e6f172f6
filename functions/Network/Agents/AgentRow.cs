using Pipeline.Contracts.Hosts;

namespace Pipeline.Network.Agents;

/// <summary>A part that a host takes in networks. One process does all of them; clients know them as Neutron's agents.</summary>
internal sealed record AgentRow
{
    public string Id { get; init; } = "";
    public HostId HostId { get; init; }
    public string Host { get; init; } = "";
    public string AgentType { get; init; } = "";
    public string Description { get; init; } = "";
    public bool AdminStateUp { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset StartedAt { get; init; }

    public AgentKind Kind => AgentKind.Of(AgentType);
}

/// <param name="Host">Null when the host is no longer the cloud's.</param>
/// <param name="Zone">Its host's.</param>
/// <param name="Load">Its host's; null where that has never reported.</param>
internal sealed record AgentItem(AgentRow Row, HostStanding? Host, string? Zone, HostLoad? Load);

/// <param name="Zoned">It is of an availability zone.</param>
internal sealed record AgentKind(string Type, string Binary, string Topic, bool Zoned)
{
    public static readonly AgentKind Bridge = new("Linux bridge agent", "neutron-linuxbridge-agent", "N/A", false);
    public static readonly AgentKind Dhcp = new("DHCP agent", "neutron-dhcp-agent", "dhcp_agent", true);
    public static readonly AgentKind Metadata = new("Metadata agent", "neutron-metadata-agent", "N/A", false);
    public static readonly AgentKind Router = new("L3 agent", "neutron-l3-agent", "l3_agent", true);

    private static readonly AgentKind[] All = [Bridge, Dhcp, Metadata, Router];

    /// <summary>A fact of an agent's kind as SQL; the row's alias is `x`.</summary>
    public static string Sql(Func<AgentKind, string> fact) =>
        $"CASE x.agent_type {string.Join(' ', All.Select(k => $"WHEN '{k.Type}' THEN '{fact(k)}'"))} END";

    public static AgentKind Of(string type) => All.First(k => k.Type == type);

    /// <summary>Every host with ports has their bridges, leases and metadata; network nodes have routers besides.</summary>
    public static IEnumerable<AgentKind> At(bool routes) => All.Where(k => k != Router || routes);
}
