using System.Diagnostics.Metrics;

namespace Pipeline.Runtime.Metrics;

/// <summary>Keeps what this process's meters measure, for the next scrape.</summary>
internal sealed class MetricRegistry : IDisposable
{
    private static readonly string[] Meters =
    [
        "Pipeline.",
        "System.Runtime",
        "Microsoft.AspNetCore.Server.Kestrel",
        "Npgsql",
    ];

    private readonly Lock gate = new();
    private readonly List<MetricFamily> families = [];
    private readonly MeterListener listener = new();

    public MetricRegistry()
    {
        listener.InstrumentPublished = Publish;
        listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => Record(family, value, tags));
        listener.SetMeasurementEventCallback<float>(static (_, value, tags, family) => Record(family, value, tags));
        listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => Record(family, value, tags));
        listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => Record(family, value, tags));
        listener.Start();
    }

    public void WriteTo(PrometheusText text)
    {
        listener.RecordObservableInstruments();
        List<MetricFamily> known;
        lock (gate)
            known = [.. families.OrderBy(family => family.Name, StringComparer.Ordinal)];
        foreach (var family in known)
            family.WriteTo(text);
    }

    public void Dispose() => listener.Dispose();

    private void Publish(Instrument instrument, MeterListener to)
    {
        if (!Array.Exists(Meters, name => instrument.Meter.Name.StartsWith(name)))
            return;
        MetricFamily family;
        lock (gate)
        {
            // Two meters may have an instrument of one name: they are one family.
            var name = MetricFamily.NameOf(instrument);
            family = families.Find(known => known.Name == name) ?? new(instrument);
            if (!families.Contains(family))
                families.Add(family);
        }
        to.EnableMeasurementEvents(instrument, family);
    }

    private static void Record(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((MetricFamily)family!).Record(value, tags);
}
