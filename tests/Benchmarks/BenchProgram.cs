using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pipeline.Benchmarks.Clouds;
using Pipeline.Benchmarks.Groups;
using Pipeline.Benchmarks.Report;

namespace Pipeline.Benchmarks;

/// <summary>Starts the clouds that the chosen benchmarks need, one after the other, and prints what they measured.</summary>
internal static class BenchProgram
{
    private const int PortsOfACloud = 5; // APIs, management, Azurite's two; the fifth is the bare server's

    private static readonly Benchmark[] All =
    [
        new("idle", CloudKind.Azurite, Idling.MeasureAsync), // first: of a cloud that has done nothing yet
        new("ready", CloudKind.Azurite, Readiness.MeasureAsync),
        new("login", CloudKind.Azurite, Logins.MeasureAsync),
        new("wrong_login", CloudKind.Azurite, Logins.MeasureWrongAsync),
        new("token.validate", CloudKind.Azurite, TokenValidation.MeasureAsync),
        new("server.list_100", CloudKind.Azurite, ServerLists.MeasureListAsync),
        new("server.show", CloudKind.Azurite, ServerLists.MeasureShowAsync),
        new("port.create", CloudKind.Azurite, PortCreation.MeasureAsync),
        new("server.build.azurite", CloudKind.Azurite, b => ServerBuilds.MeasureAsync(b, "server.build.azurite")),
        new("server.build.database", CloudKind.Database, b => ServerBuilds.MeasureAsync(b, "server.build.database")),
        new("guest", CloudKind.Real, RealGuests.MeasureAsync),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            return await MeasureAsync(BenchOptions.Parse(args));
        }
        catch (Exception cause)
            when (cause is IOException or TimeoutException or HttpRequestException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"bench: {cause.Message}");
            return 1;
        }
    }

    private static async Task<int> MeasureAsync(BenchOptions options)
    {
        using var stop = new CancellationTokenSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stop));
        var chosen = All.Where(benchmark => benchmark.Concerns(options.Names)).ToList();
        if (chosen.Count == 0)
        {
            await Console.Error.WriteLineAsync($"no figure is called {string.Join(" or ", options.Names)}");
            return 2;
        }
        var figures = new List<Figure>();
        await foreach (var figure in MeasureAsync(options, chosen, stop.Token))
        {
            figures.Add(figure);
            if (options.Names.Count == 0 || options.Names.Any(name => Benchmark.Begins(figure.Name, name)))
                Print(figure, options.Json);
        }
        if (options.Write)
            Page.Write(figures, Machine.Describe(TimeProvider.System.GetUtcNow()));
        return 0;
    }

    private static async IAsyncEnumerable<Figure> MeasureAsync(
        BenchOptions options,
        List<Benchmark> chosen,
        [EnumeratorCancellation] CancellationToken stop
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

    private static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true; // what is running ends in its own finally
        stop.Cancel();
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
