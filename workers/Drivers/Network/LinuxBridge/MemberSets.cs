using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>
/// The members of groups that ports' rules name: a set for each group and version in the network's table, whatever ports
/// and rules name it. What a set holds is what was told last, with any port that is still there. Pure.
/// </summary>
internal sealed class MemberSets
{
    private readonly Dictionary<(Guid Group, int EtherType), FilterSet> _sets = [];

    /// <exception cref="Fault">BadRequest for members that are no prefixes.</exception>
    public MemberSets(IEnumerable<FilteredPort> ports)
    {
        foreach (var port in ports.OrderByDescending(port => port.Told))
        foreach (var told in port.Port.Rules.Where(IsNamed).GroupBy(KeyOf).Where(told => !_sets.ContainsKey(told.Key)))
            _sets.Add(told.Key, SetOf(told.Key, told.SelectMany(rule => rule.Remote!).Distinct()));
    }

    /// <summary>Those that have members, by name.</summary>
    public IReadOnlyList<FilterSet> All =>
        [.. _sets.Values.Where(set => set.Elements.Count > 0).OrderBy(set => set.Name, StringComparer.Ordinal)];

    public static bool IsNamed(PortRule rule) => rule is { RemoteGroup: not null, Remote: not null };

    /// <summary>The set that a rule's members are in, as a rule names it; null when there are none.</summary>
    public string? NameOf(PortRule rule) =>
        _sets.TryGetValue(KeyOf(rule), out var set) && set.Elements.Count > 0 ? $"@{set.Name}" : null;

    private static (Guid Group, int EtherType) KeyOf(PortRule rule) => (rule.RemoteGroup!.Value, rule.EtherType);

    // A set's kind cannot be changed, so it is part of the name: intervals where there are any, else the faster hash.
    private static FilterSet SetOf((Guid Group, int EtherType) key, IEnumerable<string> told)
    {
        var members = Prefixes.Merge(told, key.EtherType);
        var ranges = members.Any(member => member.Contains('/'));
        var type = key.EtherType == 4 ? "ipv4_addr" : "ipv6_addr";
        return new(
            $"{(ranges ? "prefixes" : "members")}{key.EtherType}-{key.Group:N}",
            [.. members.Select(member => new FilterElement(member))],
            ranges ? $"type {type}; flags interval;" : $"type {type};"
        );
    }
}
