namespace Pipeline.Runtime.Metrics;

/// <summary>The value, or the buckets, of one instrument under one set of labels.</summary>
internal sealed class MetricSeries(
    KeyValuePair<string, object?>[] tags,
    (string Name, string Value)[] labels,
    double[] bounds
)
{
    private readonly Lock gate = new();
    private readonly long[] buckets = new long[bounds.Length];
    private double value;
    private long count;

    /// <summary>The next series whose labels have the same hash.</summary>
    public MetricSeries? SameHash { get; init; }

    public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> others)
    {
        if (others.Length != tags.Length)
            return false;
        for (var i = 0; i < tags.Length; i++)
            if (tags[i].Key != others[i].Key || !Equals(tags[i].Value, others[i].Value))
                return false;
        return true;
    }

    /// <param name="absolute">True when the measurement replaces the value instead of adding to it.</param>
    public void Record(double measured, bool absolute)
    {
        lock (gate)
        {
            value = absolute ? measured : value + measured;
            count++;
            for (var i = 0; i < bounds.Length; i++)
                if (measured <= bounds[i])
                {
                    buckets[i]++;
                    break;
                }
        }
    }

    public void WriteTo(PrometheusText text, string name)
    {
        lock (gate)
            if (bounds.Length == 0)
                text.Sample(name, value, labels);
            else
                WriteBuckets(text, name);
    }

    private void WriteBuckets(PrometheusText text, string name)
    {
        var below = 0L;
        for (var i = 0; i < bounds.Length; i++)
        {
            below += buckets[i];
            text.Sample($"{name}_bucket", below, [.. labels, ("le", PrometheusText.Number(bounds[i]))]);
        }
        text.Sample($"{name}_bucket", count, [.. labels, ("le", "+Inf")]);
        text.Sample($"{name}_sum", value, labels);
        text.Sample($"{name}_count", count, labels);
    }
}
