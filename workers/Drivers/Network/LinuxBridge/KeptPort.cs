using System.Security.Cryptography;
using System.Text;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>A port as its file has it. Members of groups stand in files of their own: a thousand of them for many ports once.</summary>
/// <param name="Members">By rule, the name of what its remote group's members are; null for rules without one.</param>
internal sealed record KeptPort(HostPort Port, int Number, long Told = 0, IReadOnlyList<string?>? Members = null)
{
    public static KeptPort Of(FilteredPort port) =>
        new(
            port.Port with
            {
                Rules =
                [
                    .. port.Port.Rules.Select(rule => MemberSets.IsNamed(rule) ? rule with { Remote = [] } : rule),
                ],
            },
            port.Number,
            port.Told,
            [.. port.Port.Rules.Select(rule => MemberSets.IsNamed(rule) ? NameOf(rule.Remote!) : null)]
        );

    /// <param name="members">Those of a name.</param>
    public FilteredPort With(Func<string, IReadOnlyList<string>> members)
    {
        PortRule Whole(PortRule rule, int index) =>
            Members?.ElementAtOrDefault(index) is { } name ? rule with { Remote = members(name) } : rule;
        return new(Port with { Rules = [.. Port.Rules.Select(Whole)] }, Number) { Told = Told };
    }

    /// <summary>The members that the ports' rules were told, each list once, by a name that tells them from all others.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> MembersOf(IEnumerable<FilteredPort> ports)
    {
        var lists = ports.SelectMany(port => port.Port.Rules).Where(MemberSets.IsNamed).Select(rule => rule.Remote!);
        var byName = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var list in lists.ToHashSet<IReadOnlyList<string>>(ReferenceEqualityComparer.Instance))
            byName[NameOf(list)] = list;
        return byName;
    }

    private static string NameOf(IReadOnlyList<string> members) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', members))))[..32];
}
