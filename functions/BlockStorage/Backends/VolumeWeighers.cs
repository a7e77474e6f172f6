namespace Pipeline.BlockStorage.Backends;

/// <summary>
/// How backends that could hold a volume are ranked: the multipliers of Cinder's weighers, each of which brings its counts to 0..1 among
/// them. 0 asks a weigher for nothing.
/// </summary>
/// <param name="Capacity">Of the GiB that there is room for (`capacity_weight_multiplier`): positive spreads volumes, negative stacks them.</param>
/// <param name="AllocatedCapacity">Of the GiB promised to volumes (`allocated_capacity_weight_multiplier`): negative spreads.</param>
/// <param name="VolumeNumber">Of how many volumes there are (`volume_number_multiplier`): negative spreads.</param>
public sealed record VolumeWeighers(double Capacity = 1, double AllocatedCapacity = 0, double VolumeNumber = 0)
{
    /// <summary>The best first; pools' names break ties.</summary>
    internal IEnumerable<WeighedBackend> Order(IReadOnlyList<WeighedBackend> fitting)
    {
        var most = fitting.Max(f => f.Room) ?? 0;
        // One that knows no end of its room comes last, whether volumes are spread or stacked, as in Cinder.
        var endless = Capacity > 0 ? -1 : most + 1;
        var weights = new double[fitting.Count];
        Add(weights, Capacity, [.. fitting.Select(f => f.Room ?? endless)]);
        Add(weights, AllocatedCapacity, [.. fitting.Select(f => (double)f.Row.ProvisionedGib)]);
        Add(weights, VolumeNumber, [.. fitting.Select(f => (double)f.Row.Volumes)]);
        return fitting
            .Zip(weights)
            .OrderByDescending(f => f.Second)
            .ThenBy(f => f.First.Row.Pool, StringComparer.Ordinal)
            .Select(f => f.First);
    }

    private static void Add(double[] weights, double multiplier, double[] counts)
    {
        var least = counts.DefaultIfEmpty().Min();
        var range = counts.DefaultIfEmpty().Max() - least;
        for (var i = 0; i < weights.Length && range > 0; i++)
            weights[i] += multiplier * (counts[i] - least) / range;
    }
}

/// <param name="Room">GiB; null where no end is known.</param>
internal sealed record WeighedBackend(BackendRow Row, double? Room);
