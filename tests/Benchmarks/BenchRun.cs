using System.Globalization;
using Pipeline.Benchmarks.Clouds;

namespace Pipeline.Benchmarks;

/// <summary>Starts a cloud, runs its benchmarks, prints their figures. One that fails does not keep the others from running.</summary>
internal sealed class BenchRun(BenchOptions options, CancellationToken stop)
{
    private const int PortsOfACloud = 4; // APIs, management, Azurite's two

    public List<Figure> Figures { get; } = [];

    public bool Failed { get; private set; }

    public Task MeasureAsync(CloudKind kind, IEnumerable<Benchmark> benchmarks) =>
        TryAsync(
            $"the cloud {kind}",
            async () =>
            {
                await using var cloud = kind == CloudKind.None ? null : await StartAsync(kind);
                foreach (var benchmark in benchmarks)
                    await TryAsync(benchmark.Name, () => MeasureAsync(benchmark, cloud));
            }
        );

    private Task<RunningCloud> StartAsync(CloudKind kind)
    {
        var data = Path.Combine(options.Work, $"{kind}".ToLowerInvariant());
        return RunningCloud.StartAsync(data, options.Port, kind, stop);
    }

    private async Task MeasureAsync(Benchmark benchmark, RunningCloud? cloud)
    {
        var folder = Path.Combine(options.Work, benchmark.Name);
        var bench = new Bench(cloud, folder, options.Port + PortsOfACloud, TimeProvider.System, stop);
        await foreach (var figure in benchmark.Measure(bench).WithCancellation(stop))
        {
            Figures.Add(figure);
            if (options.Names.Count == 0 || options.Names.Any(name => Benchmark.Begins(figure.Name, name)))
                Print(figure);
        }
    }

    private async Task TryAsync(string what, Func<Task> measure)
    {
        if (stop.IsCancellationRequested)
            return;
        try
        {
            await measure();
        }
        catch (Exception cause)
            when (cause
                    is Fault
                        or IOException
                        or TimeoutException
                        or HttpRequestException
                        or OperationCanceledException
            )
        {
            Failed = true;
            await Console.Error.WriteLineAsync($"bench: {what}: {cause.Message}");
        }
    }

    private void Print(Figure figure)
    {
        var value = figure.Rounded.ToString(CultureInfo.InvariantCulture);
        Console.WriteLine(
            options.Json
                ? $$"""{"name":"{{figure.Name}}","value":{{value}},"unit":"{{figure.Unit}}"}"""
                : $"{figure.Name, -40} {value, 10} {figure.Unit}"
        );
    }
}
