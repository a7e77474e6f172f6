using System.Text.RegularExpressions;
using Pipeline.Runtime;
using Pipeline.Runtime.Metrics;
using Pipeline.Testing;
using Pipeline.Testing.Clouds;

namespace Pipeline.Services.Tests.Runtime.Metrics;

/// <summary>`docs/observability.md` and a cloud's `/metrics` after it has built a server.</summary>
public sealed partial class ObservabilityPageTests
{
    private static readonly string[] FromElsewhere = ["dotnet_", "kestrel_", "db_client_", "npgsql_", "test_"];

    [Fact]
    public async Task The_page_lists_every_metric_with_its_type_and_labels_and_no_other()
    {
        using var registry = new MetricRegistry();
        var text = new PrometheusText();
        TestCloud.Run(async cloud =>
        {
            await cloud.FurnishAsync();
            cloud.Faults.Deliver(new(Where.Message, "StartGuest"), TimeSpan.FromSeconds(10));
            await cloud.CreateServerAsync();
            await cloud.UntilAsync(() => Task.FromResult(cloud.Faults.Reached), "a step is on its way to its host");
            await new CloudGauges(cloud.Store).WriteAsync(text);
            await cloud.IdleAsync();
            await cloud.PassAsync(TimeSpan.FromMinutes(2)); // timers have run
        });
        registry.WriteTo(text);
        var page = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "docs/observability.md"),
            TestContext.Current.CancellationToken
        );
        var documented = Row().Matches(page).Select(Line);
        Assert.Equal(documented.Order(StringComparer.Ordinal), Served(text.ToString()));
    }

    private static IEnumerable<string> Served(string metrics) =>
        Family()
            .Matches(metrics)
            .Select(m => (Name: m.Groups["name"].Value, Type: m.Groups["type"].Value))
            .Where(m => !Array.Exists(FromElsewhere, m.Name.StartsWith))
            .Select(m => $"{m.Name} {m.Type} {string.Join(' ', LabelsOf(metrics, m.Name))}".TrimEnd())
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> LabelsOf(string metrics, string name) =>
        metrics
            .Split('\n')
            .Where(line => line.StartsWith($"{name}{{") || line.StartsWith($"{name}_bucket{{"))
            .SelectMany(line => Label().Matches(line))
            .Select(m => m.Groups["name"].Value)
            .Where(label => label != "le")
            .Distinct();

    private static string Line(Match row)
    {
        var labels = row.Groups["labels"].Value.Replace("`", "").Replace(",", "").Trim();
        return $"{row.Groups["name"].Value} {row.Groups["type"].Value} {labels}".TrimEnd();
    }

    [GeneratedRegex(
        @"^\| `(?<name>[a-z_]+)` \| (?<type>histogram|gauge|counter) \|(?<labels>[^|]*)\|",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Row();

    [GeneratedRegex(@"^# TYPE (?<name>\w+) (?<type>\w+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Family();

    [GeneratedRegex(@"(?<name>\w+)=""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label();
}
