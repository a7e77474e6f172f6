using System.Text;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>A filter, or the way from one to another, as one transaction of nft. Pure.</summary>
/// <remarks>
/// Tables and their hooked chains are never deleted: a hook with its policy acts from before the commit that fills it.
/// </remarks>
internal static class FilterText
{
    private const string Declarations = """
        table bridge pipeline {
          map enter { type ifname : verdict; }
          map numbers { type ifname : mark; }
          set members { type ifname; }
          set guests { type ifname . ipv4_addr; }
          chain prerouting { type filter hook prerouting priority -300; policy drop; }
          chain forward { type filter hook forward priority -10; policy drop; }
          chain input { type filter hook input priority -10; policy accept; }
          chain output { type filter hook output priority -10; policy accept; }
        }
        table inet pipeline {
          map leaving { type mark : verdict; }
          map arriving { type mark : verdict; }
          map served { type ipv4_addr : verdict; }
          map served6 { type ipv6_addr : verdict; }
          chain raw-prerouting { type filter hook prerouting priority -300; policy accept; }
          chain raw-output { type filter hook output priority -300; policy accept; }
          chain prerouting { type filter hook prerouting priority -150; policy accept; }
          chain forward { type filter hook forward priority 0; policy accept; }
          chain output { type filter hook output priority 0; policy accept; }
        }
        flush table bridge pipeline
        flush table inet pipeline
        flush map bridge pipeline enter
        flush map bridge pipeline numbers
        flush set bridge pipeline members
        flush set bridge pipeline guests
        flush map inet pipeline leaving
        flush map inet pipeline arriving
        flush map inet pipeline served
        flush map inet pipeline served6

        """;

    /// <summary>All of it, whatever stands: that is emptied and filled anew at once.</summary>
    /// <param name="standing">What may be left of another filter.</param>
    public static string Whole(Filter filter, IReadOnlyList<Standing> standing)
    {
        var text = new StringBuilder(Declarations);
        foreach (var left in standing.Where(left => !IsWanted(filter, left)).OrderBy(left => left.Kind == "chain"))
            text.Append($"delete {left.Kind} {left.Family} pipeline {left.Name}\n");
        foreach (var table in filter.Tables)
        {
            foreach (var set in table.Sets.Where(set => set.Type is not null))
            {
                Declare(text, table, set);
                text.Append($"flush set {table.Family} pipeline {set.Name}\n");
            }
            Define(text, table, table.Chains);
            foreach (var set in table.Sets)
                Change(text, "add", table, set.Name, set.Elements.Select(element => $"{element}"));
        }
        return text.ToString();
    }

    /// <summary>What differs, and no more; empty when nothing does.</summary>
    public static string Change(Filter old, Filter wanted)
    {
        var text = new StringBuilder();
        foreach (var (from, to) in old.Tables.Zip(wanted.Tables))
            Change(text, from, to);
        return text.ToString();
    }

    private static void Change(StringBuilder text, FilterTable old, FilterTable wanted)
    {
        var (oldSets, oldChains) = (old.Sets.ToDictionary(s => s.Name), old.Chains.ToDictionary(c => c.Name));
        var (sets, chains) = (
            wanted.Sets.Select(s => s.Name).ToHashSet(),
            wanted.Chains.Select(c => c.Name).ToHashSet()
        );
        foreach (var set in wanted.Sets.Where(set => !oldSets.ContainsKey(set.Name)))
            Declare(text, wanted, set);
        foreach (var chain in wanted.Chains.Where(chain => !oldChains.ContainsKey(chain.Name)))
            text.Append($"add chain {wanted.Family} pipeline {chain.Name}\n");
        // A key that gets another value goes before it comes.
        var before = wanted.Sets.ToDictionary(s => s.Name, s => oldSets.GetValueOrDefault(s.Name)?.Elements ?? []);
        foreach (var set in wanted.Sets)
            Change(text, "delete", wanted, set.Name, before[set.Name].Except(set.Elements).Select(left => left.Key));
        var changed = wanted.Chains.Where(chain => !IsSame(chain, oldChains.GetValueOrDefault(chain.Name))).ToList();
        var gone = old.Chains.Where(chain => !chains.Contains(chain.Name)).ToList();
        foreach (var chain in changed.Concat(gone).Where(chain => oldChains.ContainsKey(chain.Name)))
            text.Append($"flush chain {wanted.Family} pipeline {chain.Name}\n");
        Define(text, wanted, changed);
        foreach (var set in wanted.Sets)
            Change(
                text,
                "add",
                wanted,
                set.Name,
                set.Elements.Except(before[set.Name]).Select(element => $"{element}")
            );
        foreach (var chain in gone)
            text.Append($"delete chain {wanted.Family} pipeline {chain.Name}\n");
        foreach (var set in old.Sets.Where(set => !sets.Contains(set.Name)))
            text.Append($"delete set {wanted.Family} pipeline {set.Name}\n");
    }

    private static bool IsSame(FilterChain chain, FilterChain? other) =>
        other is not null && chain.Rules.SequenceEqual(other.Rules);

    private static bool IsWanted(Filter filter, Standing left) =>
        filter
            .Tables.Where(table => table.Family == left.Family)
            .Any(table =>
                left.Kind == "chain"
                    ? table.Chains.Any(chain => chain.Name == left.Name)
                    : table.Sets.Any(set => set.Name == left.Name)
            );

    private static void Declare(StringBuilder text, FilterTable table, FilterSet set) =>
        text.Append($"add set {table.Family} pipeline {set.Name} {{ {set.Type} }}\n");

    private static void Define(StringBuilder text, FilterTable table, IReadOnlyList<FilterChain> chains)
    {
        if (chains.Count == 0)
            return;
        text.Append($"table {table.Family} pipeline {{\n");
        foreach (var chain in chains)
        {
            text.Append($"  chain {chain.Name} {{\n");
            foreach (var rule in chain.Rules)
                text.Append($"    {rule}\n");
            text.Append("  }\n");
        }
        text.Append("}\n");
    }

    private static void Change(
        StringBuilder text,
        string verb,
        FilterTable table,
        string set,
        IEnumerable<string> elements
    )
    {
        if (elements.ToList() is { Count: > 0 } some)
            text.Append($"{verb} element {table.Family} pipeline {set} {Rules.Set(some)}\n");
    }
}
