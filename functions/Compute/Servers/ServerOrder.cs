using System.Globalization;
using SortKey = Pipeline.Runtime.SortKey;

namespace Pipeline.Compute.Servers;

/// <summary>
/// The order of a server list, as SQL: the client's keys, then the newest first, then the id, so that a marker is one place.
/// Each value is a text or a number, so that it compares in the database as it does in the order.
/// </summary>
internal sealed class ServerOrder
{
    private static readonly IReadOnlyDictionary<string, Key> Known = new Dictionary<string, Key>
    {
        ["created_at"] = new("created_at", s => s.CreatedAt),
        ["updated_at"] = new("updated_at", s => s.UpdatedAt),
        ["launched_at"] = new("COALESCE(launched_at, 0)", s => s.LaunchedAt ?? DateTimeOffset.UnixEpoch),
        ["display_name"] = new("name", s => s.Name),
        ["uuid"] = new("id", s => s.Id),
        ["vm_state"] = new("vm_state", s => s.VmState),
        ["task_state"] = new("COALESCE(task_state, '')", s => s.TaskState ?? ""),
        ["power_state"] = new("power_state", s => s.PowerState),
        ["host"] = new("COALESCE(host_name, '')", s => s.HostName ?? ""),
        ["node"] = new("COALESCE(host_name, '')", s => s.HostName ?? ""),
        ["key_name"] = new("COALESCE(key_name, '')", s => s.KeyName ?? ""),
        ["image_ref"] = new("image_id", s => s.ImageId),
        ["project_id"] = new("project_id", s => s.ProjectId),
        ["user_id"] = new("user_id", s => s.UserId),
        ["availability_zone"] = new("availability_zone", s => s.AvailabilityZone),
        ["access_ip_v4"] = new("access_ipv4", s => s.AccessIpv4),
        ["access_ip_v6"] = new("access_ipv6", s => s.AccessIpv6),
    };

    private readonly List<(Key Key, bool Descending)> keys;

    private ServerOrder(IEnumerable<SortKey> asked)
    {
        // Nova's own direction is descending.
        keys = [.. asked.DistinctBy(k => k.Name).Select(k => (Known[k.Name], k.Descending ?? true))];
        foreach (var last in new[] { "created_at", "uuid" })
            if (!keys.Any(k => k.Key.Column == Known[last].Column))
                keys.Add((Known[last], keys.Count == 0 || keys[^1].Descending));
        By = string.Join(", ", keys.Select(k => k.Key.Column + (k.Descending ? " DESC" : "")));
    }

    public static IReadOnlyCollection<string> Names => [.. Known.Keys];

    /// <summary>What follows ORDER BY.</summary>
    public string By { get; }

    /// <summary>The condition that finds what comes after a marker, with parameters @after0 and on.</summary>
    public string After
    {
        get
        {
            var places = keys.Select(
                (_, depth) => string.Join(" AND ", keys.Take(depth + 1).Select((k, i) => Compare(k, i, i < depth)))
            );
            return $"(({string.Join(") OR (", places)}))";
        }
    }

    public static ServerOrder Of(IReadOnlyList<SortKey> asked) => new(asked);

    public void Bind(Server marker, Dictionary<string, object?> arguments)
    {
        for (var i = 0; i < keys.Count; i++)
            arguments[Parameter(i)] = keys[i].Key.Value(marker);
    }

    private static string Compare((Key Key, bool Descending) key, int index, bool equal) =>
        $"{key.Key.Column} {(equal ? "=" : key.Descending ? "<" : ">")} @{Parameter(index)}";

    private static string Parameter(int index) => string.Create(CultureInfo.InvariantCulture, $"after{index}");

    private sealed record Key(string Column, Func<Server, object> Value);
}
