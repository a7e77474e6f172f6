using System.Diagnostics.Metrics;

namespace Pipeline.Data;

/// <summary>What a store costs.</summary>
internal static class DataMetrics
{
    private static readonly Meter Meter = new("Pipeline.Data");
    private static readonly Histogram<double> Commits = Meter.CreateHistogram<double>(
        "db.commit.duration",
        "s",
        "Duration of a commit: of the decisions that waited together, where there is one writer"
    );

    public static void Committed(TimeSpan duration) => Commits.Record(duration.TotalSeconds);
}
