using Pipeline.Data;

namespace Pipeline.Identity.Purge;

/// <summary>What all services keep for projects, in the order in which it goes.</summary>
internal sealed class ProjectHoldings(IEnumerable<IProjectHoldings> registered)
{
    private readonly IReadOnlyList<IProjectHoldings> kinds =
    [
        .. registered.OrderBy(kind => kind.Stage).ThenBy(kind => kind.Kind, StringComparer.Ordinal),
    ];

    public IReadOnlyList<IProjectHoldings> All => kinds;

    public IReadOnlyList<IProjectHoldings> Of(PurgeStage stage) => [.. kinds.Where(kind => kind.Stage == stage)];

    /// <summary>How many there are of each kind; kinds of which there is none are left out.</summary>
    public async ValueTask<IReadOnlyDictionary<string, long>> CountAsync(Tx tx, ProjectId project)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var kind in kinds)
            if (await kind.CountAsync(tx, project) is > 0 and var count)
                counts[kind.Kind] = count;
        return counts;
    }
}
