using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Pipeline.Runtime.Metrics;

/// <summary>One instrument with its series, one for each set of labels seen.</summary>
internal sealed class MetricFamily(Instrument instrument)
{
    private const int MostSeries = 5000;
    private static readonly double[] Seconds = [.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30];
    private readonly ConcurrentDictionary<int, MetricSeries> byHash = new();
    private readonly MetricKind kind = KindOf(instrument);
    private readonly double[] bounds = BoundsOf(instrument);
    private readonly Lock gate = new();
    private int count;

    public string Name { get; } = NameOf(instrument);

    public static string NameOf(Instrument instrument)
    {
        var name = Plain(instrument.Name);
        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            _ => "",
        };
        if (unit.Length > 0 && !name.EndsWith(unit))
            name += unit;
        return KindOf(instrument) == MetricKind.Counter && !name.EndsWith("_total") ? name + "_total" : name;
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (Find(tags) is { } series)
            series.Record(
                value,
                absolute: instrument.IsObservable || kind == MetricKind.Gauge && !IsUpDown(instrument)
            );
    }

    public void WriteTo(PrometheusText text)
    {
        if (byHash.IsEmpty)
            return;
        text.Family(Name, kind.ToString().ToLowerInvariant(), instrument.Description ?? instrument.Name);
        foreach (var first in byHash.OrderBy(entry => entry.Key))
            for (var series = first.Value; series is not null; series = series.SameHash)
                series.WriteTo(text, Name);
    }

    private MetricSeries? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = new HashCode();
        foreach (var tag in tags)
            hash.Add(tag.Value);
        var key = hash.ToHashCode();
        return Known(key, tags) ?? Add(key, tags);
    }

    private MetricSeries? Known(int key, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        byHash.TryGetValue(key, out var series);
        while (series is not null && !series.Has(tags))
            series = series.SameHash;
        return series;
    }

    private MetricSeries? Add(int key, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (gate)
        {
            if (Known(key, tags) is { } known)
                return known;
            if (count == MostSeries) // a label that runs wild must not fill the memory
                return null;
            count++;
            byHash.TryGetValue(key, out var sameHash);
            return byHash[key] = new(tags.ToArray(), Labels(tags), bounds) { SameHash = sameHash };
        }
    }

    private static (string, string)[] Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new (string, string)[tags.Length];
        for (var i = 0; i < tags.Length; i++)
            labels[i] = (Plain(tags[i].Key), Convert.ToString(tags[i].Value, CultureInfo.InvariantCulture) ?? "");
        return labels;
    }

    private static MetricKind KindOf(Instrument instrument)
    {
        var type = instrument.GetType().Name;
        return type.StartsWith("Histogram") ? MetricKind.Histogram
            : type.StartsWith("Counter") || type.StartsWith("ObservableCounter") ? MetricKind.Counter
            : MetricKind.Gauge;
    }

    private static bool IsUpDown(Instrument instrument) => instrument.GetType().Name.StartsWith("UpDownCounter");

    private static double[] BoundsOf(Instrument instrument) =>
        KindOf(instrument) != MetricKind.Histogram ? []
        : instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { } advised } ? [.. advised]
        : Seconds;

    private static string Plain(string name) =>
        string.Create(
            name.Length,
            name,
            static (plain, name) =>
            {
                for (var i = 0; i < name.Length; i++)
                    plain[i] = char.IsAsciiLetterOrDigit(name[i]) ? name[i] : '_';
            }
        );
}

internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}
