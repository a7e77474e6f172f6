using System.Collections.Frozen;
using System.Net;
using System.Text.RegularExpressions;
using Pipeline.Contracts.Hosts;
using Pipeline.Contracts.Placement;
using Pipeline.Data;

namespace Pipeline.Functions.Durable;

/// <summary>The hosts there are, kept for a moment: statuses are asked for more often than hosts come.</summary>
internal sealed class KnownHosts(IAllocations hosts, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private volatile Kept? kept;

    /// <param name="needed">Hosts that are to be shown: one that is not known yet is looked for.</param>
    public async ValueTask<HostNames> ReadAsync(Tx tx, Caller caller, IEnumerable<HostId> needed)
    {
        var now = kept;
        if (now is null || time.GetElapsedTime(now.At) > Fresh || !needed.All(now.ById.ContainsKey))
            kept = now = new(time.GetTimestamp(), await hosts.ListHostsAsync(tx));
        return new(now.ById, now.ByWord, caller.IsAdmin ? null : caller.Project);
    }

    private sealed class Kept(long at, IReadOnlyList<HostView> all)
    {
        public long At => at;

        public FrozenDictionary<HostId, string> ById { get; } = all.ToFrozenDictionary(h => h.Id, h => h.Name);

        public FrozenDictionary<string, string> ByWord { get; } =
            all.SelectMany(h => WordsOf(h).Select(word => (word, h.Name)))
                .DistinctBy(pair => pair.word)
                .ToFrozenDictionary(pair => pair.word, pair => pair.Name, StringComparer.Ordinal);

        private static IEnumerable<string> WordsOf(HostView host) =>
            host.Facts.Values.Where(fact => IPAddress.TryParse(fact, out _)).Append(host.Name).Append($"{host.Id}");
    }
}

/// <summary>
/// Hosts as the caller may know them: by name for an operator; for a tenant as the hash that its servers show, wherever
/// a host's id, name or address stands in what it reads.
/// </summary>
/// <param name="names">By what stands for a host in texts.</param>
/// <param name="tenant">Null for an operator.</param>
internal sealed partial class HostNames(
    FrozenDictionary<HostId, string> hosts,
    FrozenDictionary<string, string> names,
    ProjectId? tenant
)
{
    public bool ForOperator => tenant is null;

    /// <returns>Of a host that is not known any more: its id for an operator, nothing for a tenant.</returns>
    public string? Of(HostId host) =>
        hosts.GetValueOrDefault(host) is { } name ? Shown(name)
        : ForOperator ? host.ToString()
        : null;

    /// <summary>A text or JSON as the caller may read it.</summary>
    public string In(string text) =>
        ForOperator
            ? text
            : Words().Replace(text, word => names.GetValueOrDefault(word.Value) is { } name ? Shown(name) : word.Value);

    private string Shown(string name) => tenant is { } project ? HostHash.Of(project, name) : name;

    // A word ends with a letter or digit, so that a full stop after it is none of it.
    [GeneratedRegex(
        "[0-9A-Za-z](?:[0-9A-Za-z_.:-]*[0-9A-Za-z])?",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Words();
}
