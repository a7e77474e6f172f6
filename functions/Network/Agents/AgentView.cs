using Pipeline.Network.Wire;

namespace Pipeline.Network.Agents;

internal static class AgentView
{
    /// <param name="up">Hosts that are up, for a list that may be filtered by that; null where there is nothing to filter.</param>
    public static Collection<AgentItem> Of(IReadOnlyList<HostId>? up = null) =>
        new(
            "agent",
            "agents",
            "network/v2.0/agents",
            Shown<AgentItem>.Text("id", Use.Find, a => a.Row.Id),
            Shown<AgentItem>.Text("agent_type", Use.Find, a => a.Row.AgentType),
            Shown<AgentItem>.Text("binary", Use.Filter, a => a.Row.Kind.Binary) with
            {
                Column = AgentKind.Sql(k => k.Binary),
            },
            Shown<AgentItem>.Text("topic", Use.Filter, a => a.Row.Kind.Topic) with
            {
                Column = AgentKind.Sql(k => k.Topic),
            },
            Shown<AgentItem>.Text("host", Use.Find, a => a.Row.Host),
            Shown<AgentItem>.Text("description", Use.Update | Use.Find, a => a.Row.Description),
            Shown<AgentItem>.Flag("admin_state_up", Use.Update | Use.Find, a => a.Row.AdminStateUp),
            Shown<AgentItem>.Flag("alive", Use.None, a => a.Host?.IsUp ?? false),
            Shown<AgentItem>.Text("availability_zone", Use.Filter, a => a.Row.Kind.Zoned ? a.Zone : null) with
            {
                Column = ZoneColumn,
            },
            Time("created_at", a => a.Row.CreatedAt),
            Time("started_at", a => a.Row.StartedAt),
            Time("heartbeat_timestamp", a => a.Host?.LastSeen ?? a.Row.StartedAt),
            new("configurations", Use.None, (json, a) => Configurations.Write(json, a.Row.Kind, a.Load)),
            new("resources_synced", Use.None, (json, _) => json.WriteNullValue())
        )
        {
            Filters = up is null
                ? new Dictionary<string, Filter>()
                : new Dictionary<string, Filter> { ["alive"] = (conditions, values) => Alive(conditions, up, values) },
        };

    private static readonly string ZoneColumn = $"""
        CASE {AgentKind.Sql(k => k.Zoned ? "zoned" : "")} WHEN 'zoned' THEN
            (SELECT h.zone FROM network_hosts h WHERE h.host_id = x.host_id) END
        """;

    private static void Alive(Conditions conditions, IReadOnlyList<HostId> up, IReadOnlyList<string> values)
    {
        var isUp = $"CASE WHEN x.host_id IN {conditions.Bind(up.Select(h => $"{h}").ToArray())} THEN 1 ELSE 0 END";
        conditions.In(isUp, AttributeKind.Flag, values);
    }

    /// <summary>UTC to the second, with a blank: the one resource of Neutron's that has its times so.</summary>
    private static Attribute<AgentItem> Time(string name, Func<AgentItem, DateTimeOffset> value) =>
        Shown<AgentItem>.Text(name, Use.None, a => value(a).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss"));
}
