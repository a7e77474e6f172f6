using Pipeline.Contracts.Hosts;

namespace Pipeline.BlockStorage.Backends;

/// <summary>What a volume asks of the backend that is to hold it.</summary>
/// <param name="Specs">Its type's extra specs.</param>
/// <param name="On">Where it has to be, since what it is made of is there; null for anywhere.</param>
/// <param name="Beside">It goes where one of these is; empty for no wish.</param>
/// <param name="Apart">It goes where none of these is.</param>
internal sealed record VolumeWish(
    long Gib,
    IReadOnlyDictionary<string, string> Specs,
    BackendPlace? On,
    IReadOnlyList<BackendPlace> Beside,
    IReadOnlyList<BackendPlace> Apart
)
{
    /// <summary>The hosts that reach what it is restored from; null for all.</summary>
    public IReadOnlySet<HostId>? Reaching { get; init; }

    /// <summary>It is in one of these zones; null for any.</summary>
    public IReadOnlyList<string>? Zones { get; init; }
}

internal sealed record BackendPlace(HostId Host, string Backend);

/// <param name="Most">GiB that may be promised on it in all.</param>
internal sealed record BackendCandidate(BackendPlace Place, string HostName, long Most);

/// <param name="Rejections">How many backends each constraint has ruled out.</param>
internal sealed record RankedBackends(
    IReadOnlyList<BackendCandidate> Ranked,
    IReadOnlyDictionary<string, int> Rejections,
    int Backends
);

/// <summary>Filters and ranks backends: pure. The one that weighs most comes first, names break ties.</summary>
internal static class BackendScheduler
{
    /// <param name="up">Hosts that are up and enabled.</param>
    public static RankedBackends Rank(
        IReadOnlyList<BackendRow> backends,
        IReadOnlySet<HostId> up,
        VolumeWish wish,
        VolumeWeighers weighers
    )
    {
        var rejections = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var fitting = new List<WeighedBackend>();
        foreach (var row in backends)
        {
            var told = row.Told;
            if (RejectedBy(row, told, up, wish) is { } constraint)
                rejections[constraint] = rejections.GetValueOrDefault(constraint) + 1;
            else
                fitting.Add(new(row, RoomOf(row, told)));
        }
        var ranked = weighers
            .Order(fitting)
            .Select(f => new BackendCandidate(
                new(f.Row.HostId, f.Row.Name),
                f.Row.HostName,
                BackendRow.MostOf(f.Row.Told)
            ));
        return new([.. ranked], rejections, backends.Count);
    }

    /// <summary>Says of each constraint how many backends it ruled out.</summary>
    public static Fault NoValidBackend(RankedBackends found)
    {
        var reasons = found.Rejections.Select(r => $"{r.Value} rejected by {r.Key}").ToList();
        if (found.Ranked.Count > 0)
            reasons.Add($"{found.Ranked.Count} taken by others meanwhile");
        var why = found.Backends == 0 ? "no host offers one" : string.Join(", ", reasons);
        return new(FaultCode.NoValidHost, $"No valid backend was found. Of {found.Backends} backends: {why}.");
    }

    private static string? RejectedBy(BackendRow row, BackendReport told, IReadOnlySet<HostId> up, VolumeWish wish)
    {
        var place = new BackendPlace(row.HostId, row.Name);
        return wish.On is { } on && on != place ? "place (it has to be where its source is)"
            : !row.Offered ? "state (its host offers it no more)"
            : !up.Contains(row.HostId) ? "state (its host is down or disabled)"
            : !row.Enabled ? "state (the backend is disabled)"
            : wish.Zones is { } zones && !zones.Contains(row.Zone) ? "availability zone"
            : wish.Beside.Count > 0 && !wish.Beside.Contains(place) ? "same_host (of the volumes named)"
            : wish.Apart.Contains(place) ? "different_host (of the volumes named)"
            : wish.Reaching is { } reaching && !reaching.Contains(row.HostId) ? "backup (its host does not reach it)"
            : ExtraSpecs.Unmet(wish.Specs, row, told) is { } spec ? $"the volume type's {spec}"
            : !HasRoom(row, told, wish.Gib) ? $"capacity (of {wish.Gib} GiB wanted)"
            : null;
    }

    /// <summary>Room by what is promised, and by what is really free: the smaller of both counts (as Cinder's capacity filter).</summary>
    private static bool HasRoom(BackendRow row, BackendReport told, long gib) =>
        row.ProvisionedGib <= BackendRow.MostOf(told) - gib && gib <= FreeOf(told);

    /// <returns>GiB; null where neither count has an end.</returns>
    private static double? RoomOf(BackendRow row, BackendReport told)
    {
        var most = BackendRow.MostOf(told);
        var room = Math.Min(most == long.MaxValue ? double.PositiveInfinity : most - row.ProvisionedGib, FreeOf(told));
        return double.IsFinite(room) ? room : null;
    }

    /// <summary>GiB that may still be written, counted as often as a thin backend may promise them.</summary>
    private static double FreeOf(BackendReport told)
    {
        var statistics = told.Statistics;
        if (statistics.Free.Gib is not { } free)
            return double.PositiveInfinity;
        var left = free - (statistics.Total.Gib ?? free) * told.ReservedPercentage / 100;
        return BackendRow.IsThin(told) ? left * told.MaxOversubscription : left;
    }
}
