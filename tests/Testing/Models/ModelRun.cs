using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;
using Pipeline.Testing.Clouds;
using Pipeline.Testing.Simulation;

namespace Pipeline.Testing.Models;

/// <summary>
/// Makes a sequence of calls in a simulated cloud, one after the other: each must be answered as the model says, and then the
/// cloud must show and count what the model has.
/// </summary>
public sealed class ModelRun
{
    private const int WholeEvery = 25;

    /// <summary>New enough for all that is asked of block storage.</summary>
    private const string StorageVersion = "volume 3.60";
    private const int MostSteps = 60_000_000;
    private static readonly VolumeStatistics Store = new(
        "1",
        "Pipeline",
        "fake",
        new(100_000),
        new(100_000),
        new SortedDictionary<string, bool> { ["snapshot_revert_support"] = true, ["online_extend_support"] = true }
    );
    private static readonly HostInventory Vast = new(
        2_000,
        40_000,
        100_000,
        "fake",
        new SortedDictionary<string, string> { [HostFactNames.StorageAddress] = "192.0.2.1" }
    )
    {
        Backends = [new("local", "fake", 0, 1, Store)],
    };
    private readonly List<string> told = [];
    private readonly Sequence sequence;
    private readonly SimulationContext world;
    private string? broken;
    private int calls;

    private ModelRun(Sequence sequence) =>
        (this.sequence, world) = (sequence, new SimulationContext(sequence.Seed, MostSteps));

    /// <param name="plant">Puts a mistake into the cloud, for tests that show that it is found.</param>
    public static ModelReport Run(Sequence sequence, Action<TestCloud>? plant = null)
    {
        var run = new ModelRun(sequence);
        try
        {
            TestCloud.Run(
                run.world,
                cloud => run.LiveAsync(cloud, plant),
                new CloudOptions { Inventory = Vast, Shared = plant is not null }
            );
        }
        catch (SimulationException e)
        {
            run.broken = (e.InnerException as ModelException)?.Promise ?? "the cloud goes on";
            run.told.Add($"!!! {(e.InnerException ?? e).Message}");
        }
        return new(
            sequence,
            run.broken,
            run.calls,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(run.world.Log.Text)))[..16],
            run.told
        );
    }

    private async Task LiveAsync(TestCloud cloud, Action<TestCloud>? plant)
    {
        var estate = await ModelFurniture.MakeAsync(cloud);
        await cloud.IdleAsync();
        plant?.Invoke(cloud);
        var comparison = new Comparison(estate, (caller, path) => GetAsync(cloud, caller, path));
        await comparison.WholeAsync();
        for (var at = 0; at < sequence.Steps.Count; at++)
        {
            await StepAsync(cloud, estate, sequence.Steps[at], at);
            if (at % WholeEvery == WholeEvery - 1)
                await comparison.WholeAsync();
        }
        await comparison.WholeAsync();
        await cloud.SettleAsync();
        foreach (var (promise, what) in await Worlds.AtRest.FindAsync(cloud))
            throw new ModelException(promise, what);
    }

    private async Task StepAsync(TestCloud cloud, Estate estate, Step step, int at)
    {
        var kind = StepKind.Named(step.Kind);
        if (kind.Ask(new Asking(estate, step, kind.ForAdmins)) is not { } call)
            return;
        calls++;
        if (call.Creates && call.Key is null)
            call = call with { Key = $"step-{at}" };
        var answer = await SendAsync(cloud, call);
        told.Add(string.Create(CultureInfo.InvariantCulture, $"{at, 4} {call} -> {answer.Status}"));
        if (!call.Due.Contains(answer.Status))
            throw new ModelException(
                $"{step.Kind} is answered with {string.Join(" or ", call.Due)}",
                $"{call} was answered {answer}"
            );
        if (call.Settles)
            await SettleAsync(cloud);
        if (answer.Status >= 300)
            return;
        call.Effect(answer);
        if (call.Creates)
            estate.Last = new(call, answer);
        if (call.Look is { } look)
            await look(path => GetAsync(cloud, estate.Callers[0], path));
    }

    /// <summary>What was made first is the older one, too.</summary>
    private static async Task SettleAsync(TestCloud cloud)
    {
        await cloud.IdleAsync();
        await cloud.PassAsync(TimeSpan.FromMilliseconds(10));
    }

    private static async Task<CloudAnswer> SendAsync(TestCloud cloud, Call call)
    {
        var request = new CloudRequest(call.Method, call.Path, Encoding.UTF8.GetBytes(call.Body));
        var token = call.Token ?? (call.Caller.User is { } user ? await cloud.TokenAsync(user) : "");
        if (token.Length > 0)
            request.Headers["X-Auth-Token"] = token;
        if (call.Path.StartsWith("/volume/", StringComparison.Ordinal))
            request.Headers["OpenStack-API-Version"] = StorageVersion;
        if (call.Key is { } key)
            request.Headers["Idempotency-Key"] = key;
        if (call.ContentType is { } type)
            request.Headers["Content-Type"] = type;
        var answer = await cloud.SendAsync(request, CancellationToken.None);
        cloud.World.Log.Add($"{call.Caller} {request} {answer.Status}");
        return answer;
    }

    private static Task<CloudAnswer> GetAsync(TestCloud cloud, ModelCaller caller, string path) =>
        cloud.GetAsync(path, caller.User);
}

/// <summary>How a sequence went.</summary>
/// <param name="Broken">The first promise that was broken; null where all held.</param>
/// <param name="Calls">Of the sequence; those that compare are not counted.</param>
/// <param name="Hash">Of the log: two runs of one sequence have the same.</param>
/// <param name="Told">A line a call.</param>
public sealed record ModelReport(Sequence Sequence, string? Broken, int Calls, string Hash, IReadOnlyList<string> Told)
{
    public bool Holds => Broken is null;
}
