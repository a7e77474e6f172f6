using System.Runtime.InteropServices;
using Pipeline.Benchmarks.Clouds;
using Pipeline.Benchmarks.Engine;
using Pipeline.Benchmarks.Groups;
using Pipeline.Benchmarks.Report;

namespace Pipeline.Benchmarks;

/// <summary>Chooses benchmarks by name and runs them, cloud by cloud.</summary>
internal static class BenchProgram
{
    private static readonly Benchmark[] All =
    [
        new("idle", CloudKind.Azurite, Idling.MeasureAsync), // first: of a cloud that has done nothing yet
        new("ready", CloudKind.Azurite, Readiness.MeasureAsync),
        new("login", CloudKind.Azurite, Logins.MeasureAsync),
        new("wrong_login", CloudKind.Azurite, Logins.MeasureWrongAsync),
        new("token.validate", CloudKind.Azurite, TokenValidation.MeasureAsync),
        new("identity.http", CloudKind.Azurite, IdentityWork.MeasureHttpAsync),
        new("identity.lists", CloudKind.None, IdentityWork.MeasureListsAsync),
        new("identity.tokens", CloudKind.None, IdentityWork.MeasureTokensAsync),
        new("server.list_100", CloudKind.Azurite, ServerLists.MeasureListAsync),
        new("server.show", CloudKind.Azurite, ServerLists.MeasureShowAsync),
        new("port.create", CloudKind.Azurite, PortCreation.MeasureAsync),
        new("network.port.create", CloudKind.Database, NetworkWork.MeasurePortsAsync),
        new("network.rules_100", CloudKind.Database, NetworkWork.MeasureRulesAsync),
        new("network.hosts", CloudKind.Database, ManyHosts.MeasureAsync),
        new("network.vxlan", CloudKind.None, Tunnels.MeasureAsync),
        new("network.list_1000", CloudKind.Database, NetworkWork.MeasureListAsync),
        new("storage.clone", CloudKind.None, StorageFiles.MeasureClonesAsync),
        new("storage.io", CloudKind.None, StorageFiles.MeasureTransportsAsync),
        new("storage.volume", CloudKind.Database, StorageWork.MeasureVolumesAsync),
        new("server.build.azurite", CloudKind.Azurite, b => ServerBuilds.MeasureAsync(b, "server.build.azurite")),
        new("server.build.database", CloudKind.Database, b => ServerBuilds.MeasureAsync(b, "server.build.database")),
        new("storage.list_1000", CloudKind.Database, StorageWork.MeasureListAsync),
        new("storage.file", CloudKind.RealDatabase, StorageWork.MeasureFilesAsync),
        new("storage.backup", CloudKind.RealDatabase, StorageBackups.MeasureAsync),
        new("storage.guest", CloudKind.RealDatabase, StorageInGuests.MeasureAsync),
        new("storage.attach", CloudKind.RealDatabase, AttachedDisks.MeasureAsync),
        .. DurableHub.On(HubStore.SqliteFull),
        .. DurableHub.On(HubStore.PostgreSql),
        new("durable.five_step.durabletask_js", CloudKind.None, DurableTaskJs.MeasureAsync),
        new("network.floating", CloudKind.Bed, FloatingAddresses.MeasureAsync),
        new("guest", CloudKind.Real, RealGuests.MeasureAsync),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stop));
        var options = BenchOptions.Parse(args);
        var chosen = All.Where(benchmark => benchmark.Concerns(options.Names)).ToList();
        if (chosen.Count == 0)
            return await FailAsync($"no figure is called {string.Join(" or ", options.Names)}");
        var run = new BenchRun(options, stop.Token);
        foreach (var group in chosen.GroupBy(benchmark => benchmark.Cloud))
            await run.MeasureAsync(group.Key, group);
        if (!options.Write || stop.IsCancellationRequested)
            return run.Failed ? 1 : 0;
        if (run.Failed || options.Names.Count > 0)
            return await FailAsync("docs/benchmarks.md is left as it is: not every figure was taken");
        Page.Write(run.Figures, Machine.Describe(TimeProvider.System.GetUtcNow()));
        return 0;
    }

    private static async Task<int> FailAsync(string sentence)
    {
        await Console.Error.WriteLineAsync($"bench: {sentence}");
        return 1;
    }

    private static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true; // what is running ends in its own finally
        stop.Cancel();
    }
}
