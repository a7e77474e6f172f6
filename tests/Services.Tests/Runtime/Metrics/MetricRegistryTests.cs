using System.Diagnostics.Metrics;
using Pipeline.Runtime;
using Pipeline.Runtime.Metrics;

namespace Pipeline.Services.Tests.Runtime.Metrics;

public sealed class MetricRegistryTests : IDisposable
{
    // Meters are the process's: a name of its own keeps this test's figures apart.
    private readonly Meter meter = new($"Pipeline.Test.{Guid.Empty:N}");
    private readonly MetricRegistry registry = new();

    [Fact]
    public void A_counter_adds_up_by_its_labels()
    {
        var counter = meter.CreateCounter<long>("test.messages", description: "Messages");
        counter.Add(2, new KeyValuePair<string, object?>("queue.name", "a"));
        counter.Add(3, new KeyValuePair<string, object?>("queue.name", "a"));
        counter.Add(1, new KeyValuePair<string, object?>("queue.name", "b\"\\\n"));
        var text = Scrape();
        Assert.Contains("# HELP test_messages_total Messages\n# TYPE test_messages_total counter\n", text);
        Assert.Contains("test_messages_total{queue_name=\"a\"} 5\n", text);
        Assert.Contains("test_messages_total{queue_name=\"b\\\"\\\\\\n\"} 1\n", text);
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_a_sum_and_a_count()
    {
        var histogram = meter.CreateHistogram(
            "test.duration",
            "s",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] }
        );
        foreach (var took in (double[])[0.05, 0.5, 0.5, 5])
            histogram.Record(took);
        var text = Scrape();
        Assert.Contains(
            "test_duration_seconds_bucket{le=\"0.1\"} 1\n"
                + "test_duration_seconds_bucket{le=\"1\"} 3\n"
                + "test_duration_seconds_bucket{le=\"+Inf\"} 4\n"
                + "test_duration_seconds_sum 6.05\n"
                + "test_duration_seconds_count 4\n",
            text
        );
    }

    [Fact]
    public void What_goes_up_and_down_and_what_is_observed_are_gauges()
    {
        var running = meter.CreateUpDownCounter<int>("test.running");
        running.Add(3);
        running.Add(-1);
        meter.CreateObservableGauge("test.size", () => 7L, "By");
        Scrape();
        var text = Scrape();
        Assert.Contains("# TYPE test_running gauge\ntest_running 2\n", text);
        Assert.Contains("test_size_bytes 7\n", text);
    }

    [Fact]
    public void A_label_that_runs_wild_is_bounded()
    {
        var counter = meter.CreateCounter<long>("test.wild");
        for (var i = 0; i < 6000; i++)
            counter.Add(1, new KeyValuePair<string, object?>("id", i));
        Assert.Equal(5000, Scrape().Split('\n').Count(line => line.StartsWith("test_wild_total{")));
    }

    public void Dispose()
    {
        registry.Dispose();
        meter.Dispose();
    }

    private string Scrape()
    {
        var text = new PrometheusText();
        registry.WriteTo(text);
        return text.ToString();
    }
}
