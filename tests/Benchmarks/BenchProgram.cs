using System.Globalization;
using Pipeline.Benchmarks.Clouds;
using Pipeline.Benchmarks.Groups;

namespace Pipeline.Benchmarks;

/// <summary>Starts the clouds that the chosen benchmarks need, one after the other, and prints what they measured.</summary>
internal static class BenchProgram
{
    private const int PortsOfACloud = 5; // APIs, management, Azurite's two; the fifth is the bare server's

    private static readonly Benchmark[] All = [new("token.validate", CloudKind.Azurite, TokenValidation.MeasureAsync)];

    public static async Task<int> RunAsync(string[] args)
    {
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        var options = BenchOptions.Parse(args);
        var chosen = All.Where(benchmark => benchmark.Concerns(options.Names)).ToList();
        if (chosen.Count == 0)
        {
            await Console.Error.WriteLineAsync($"no figure is called {string.Join(" or ", options.Names)}");
            return 2;
        }
        await foreach (var figure in MeasureAsync(options, chosen, stop.Token))
            if (options.Names.Count == 0 || options.Names.Any(name => Benchmark.Begins(figure.Name, name)))
                Print(figure, options.Json);
        return 0;
    }

    private static async IAsyncEnumerable<Figure> MeasureAsync(
        BenchOptions options,
        List<Benchmark> chosen,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop
    )
    {
        foreach (var group in chosen.GroupBy(benchmark => benchmark.Cloud))
        {
            var data = Path.Combine(options.Work, $"{group.Key}".ToLowerInvariant());
            await using var cloud = await RunningCloud.StartAsync(data, options.Port, group.Key, stop);
            foreach (var benchmark in group)
            {
                var folder = Path.Combine(options.Work, benchmark.Name);
                var bench = new Bench(cloud, folder, options.Port + PortsOfACloud - 1, TimeProvider.System, stop);
                await foreach (var figure in benchmark.Measure(bench).WithCancellation(stop))
                    yield return figure;
            }
        }
    }

    private static void Print(Figure figure, bool json)
    {
        var value = figure.Rounded.ToString(CultureInfo.InvariantCulture);
        Console.WriteLine(
            json
                ? $$"""{"name":"{{figure.Name}}","value":{{value}},"unit":"{{figure.Unit}}"}"""
                : $"{figure.Name, -40} {value, 10} {figure.Unit}"
        );
    }
}
