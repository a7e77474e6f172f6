namespace Pipeline.Benchmarks;

/// <summary>What is said of many measurements.</summary>
internal static class Sample
{
    public static double Median(this IReadOnlyCollection<double> values) => values.Percentile(50);

    /// <summary>The nearest value of which so many percent are not above it.</summary>
    public static double Percentile(this IReadOnlyCollection<double> values, int percent)
    {
        var sorted = values.Order().ToList();
        return sorted[Math.Clamp((int)Math.Ceiling(sorted.Count * percent / 100.0) - 1, 0, sorted.Count - 1)];
    }
}
