using System.Security.Cryptography;
using System.Text;
using Pipeline.Data;
using Pipeline.Testing.Clouds;
using Pipeline.Testing.Simulation;

namespace Pipeline.Testing.Worlds;

/// <summary>Lives through a plan: tenants act, things break, all heals, and everything must come to rest with nothing left behind.</summary>
public sealed class WorldRun
{
    private const int WholeEvery = 200;
    private const int Enough = 20;
    private const int MostSteps = 700_000;
    private const int Lines = 14;
    private static readonly TimeSpan Convergence = TimeSpan.FromHours(3);
    private static readonly TimeSpan Overdue = TimeSpan.FromMinutes(15);
    private readonly List<Violation> violations = [];
    private readonly HashSet<(string, string)> seen = [];
    private readonly WorldPlan plan;
    private readonly SimulationContext world;
    private readonly Soundness sound;
    private Restoration restoration = null!;
    private List<Tenant> tenants = [];
    private string before = "";
    private string after = "";
    private long looked;

    private WorldRun(WorldPlan plan)
    {
        this.plan = plan;
        world = new(plan.Seed, MostSteps);
        sound = new(Violated);
    }

    /// <param name="plant">Puts a mistake into the cloud, for tests that show that it is found.</param>
    public static WorldReport Run(WorldPlan plan, Action<TestCloud>? plant = null)
    {
        var run = new WorldRun(plan);
        var options = new CloudOptions(plan.FunctionsHosts, plan.Hosts)
        {
            Shared = true,
            Skews = [.. plan.SkewsMs.Select(ms => TimeSpan.FromMilliseconds(ms))],
        };
        try
        {
            TestCloud.Run(run.world, cloud => run.LiveAsync(cloud, plant), options);
        }
        catch (Exception e)
        {
            run.Violated("the world goes on", Cause(e));
        }
        return run.Report();
    }

    /// <summary>What it says before it repeats the log.</summary>
    private static string Cause(Exception e)
    {
        var lines = e.Message.Split('\n').TakeWhile(l => l.Length == 0 || !char.IsAsciiDigit(l[0]));
        return string.Join(" / ", lines.Take(Lines));
    }

    private WorldReport Report() =>
        new(
            plan,
            violations,
            world.Events,
            world.Time.GetElapsedTime(0),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(world.Log.Text)))[..16],
            world.Log.Lines
        )
        {
            Before = before,
            After = after,
        };

    private async Task LiveAsync(TestCloud cloud, Action<TestCloud>? plant)
    {
        tenants = await Furniture.MakeAsync(cloud, plan.Tenants);
        await cloud.IdleAsync();
        var empty = (await cloud.ResourcesAsync()).Without("payload");
        var metal = new Metal(cloud, Violated, IsDeleteAsked);
        var mischief = new Mischief(cloud);
        var requests = new Requests(cloud, Violated);
        var mailing = new Mailing(cloud, requests, Violated);
        restoration = new(cloud, metal, mailing, sound, Violated);
        Watch(cloud, metal);
        mischief.Begin();
        plant?.Invoke(cloud);
        await mailing.BeginAsync();
        await ActAsync(
            cloud,
            new TenantDeeds(cloud, requests, mailing, Violated),
            new FaultDeeds(cloud, mischief, metal, new Strangers(cloud, Violated))
        );
        before = $"{await cloud.ResourcesAsync()}";
        mischief.End();
        cloud.Heal();
        await mailing.EndAsync();
        await RestAsync(cloud, metal);
        await LeaveAsync(cloud, metal, empty);
    }

    private void Watch(TestCloud cloud, Metal metal)
    {
        var messages = new Messages(cloud, Violated);
        cloud.Done = metal.Done;
        cloud.Trespassed = metal.Trespassed;
        cloud.Acknowledging = messages.AcknowledgingAsync;
        cloud.Committing = async (tx, written) =>
        {
            await sound.CommittingAsync(tx, written);
            await metal.CommittingAsync(tx, written);
            if (world.Events - looked < WholeEvery)
                return;
            looked = world.Events;
            await WholeAsync(tx, metal);
            await messages.LookAsync(tx);
        };
    }

    private async ValueTask WholeAsync(Tx tx, Metal metal)
    {
        await sound.WholeAsync(tx);
        if (!restoration.IsOpen)
            await metal.LookAsync(tx);
        foreach (
            var late in await tx.ListAsync<string>(
                """
                SELECT i.id FROM instances i WHERE i.completed_at IS NULL AND i.blocked IS NULL AND i.suspended IS NULL
                    AND i.deadline_at < @before AND NOT EXISTS (
                        SELECT 1 FROM history h WHERE h.instance_id = i.id AND h.kind IN ('DeadlineReached', 'CancelRequested'))
                """,
                new { before = tx.Now - Overdue }
            )
        )
            Violated("the forward part of an orchestration ends by its deadline", late);
    }

    private async Task ActAsync(TestCloud cloud, TenantDeeds deeds, FaultDeeds faults)
    {
        var began = world.Time.GetUtcNow();
        List<Task> underWay = [];
        foreach (var deed in plan.Deeds)
        {
            if (began + TimeSpan.FromMilliseconds(deed.At) - world.Time.GetUtcNow() is { Ticks: > 0 } wait)
                await cloud.PassAsync(wait);
            world.Log.Add($"* {deed.Kind} {deed.Who}/{deed.Which}/{deed.How}");
            if (deed.Kind < DeedKind.AskForSweep)
                underWay.Add(world.Start($"{deed}", () => deeds.DoAsync(deed, tenants[deed.Who % tenants.Count])));
            else if (deed.Kind == DeedKind.DatabaseIsRestored)
                underWay.Add(world.Start($"{deed}", () => restoration.DoAsync(deed, tenants)));
            else
                underWay.Add(world.Start($"{deed}", () => faults.DoAsync(deed)));
        }
        await Task.WhenAll(underWay);
    }

    /// <summary>All faults are over: everything comes to its end, and what was promised is there.</summary>
    private async Task RestAsync(TestCloud cloud, Metal metal)
    {
        var began = world.Time.GetUtcNow();
        await cloud.SettleAsync();
        if (world.Time.GetUtcNow() - began > Convergence)
            Violated("everything converges", $"it took {world.Time.GetUtcNow() - began}");
        metal.AtRest();
        if (restoration.Happened)
            await restoration.EndAsync();
        await BeAtRestAsync(cloud);
        await cloud.Store.ReadAsync(async tx =>
        {
            await WholeAsync(tx, metal);
            return true;
        });
        foreach (var thing in tenants.SelectMany(t => t.Things))
            await CheckAsync(cloud, thing);
        after = $"{await cloud.ResourcesAsync()}";
    }

    private async Task CheckAsync(TestCloud cloud, Thing thing)
    {
        var status = (await cloud.GetAsync(thing.Path, thing.Owner.User)).Status;
        if (thing is { DeleteAsked: false, Lost: false } && status != 200)
            Violated("what was answered is there", $"{thing} is {status}");
        if (thing.DeleteAnswered && status != 404)
            Violated("what was deleted is gone", $"{thing} is {status}");
    }

    /// <summary>Tenants leave: what they had goes, and then there is what there was before them.</summary>
    private async Task LeaveAsync(TestCloud cloud, Metal metal, string empty)
    {
        foreach (var tenant in tenants)
            await new Departure(cloud, tenant).ServersAsync();
        await cloud.IdleAsync();
        foreach (var tenant in tenants)
            await new Departure(cloud, tenant).RestAsync();
        metal.RemoveStrays();
        await cloud.SettleAsync();
        var left = (await cloud.ResourcesAsync()).Without("payload");
        if (left != empty)
            Violated("nothing is left behind", Difference(empty, left));
        await BeAtRestAsync(cloud);
        foreach (var history in await cloud.HistoriesAsync(new HashSet<string>()))
            if (cloud.DifferenceOf(history) is { } difference)
                Violated(
                    "a history replays to the same decisions",
                    $"{history.Id}: {difference} in {string.Join(", ", history.Events.Select(e => $"{e.Kind} {e.Task} {e.Name}"))}"
                );
    }

    /// <summary>After a restore an operator's sweeps reclaim, and hosts answer what nobody remembers to have asked.</summary>
    private async Task BeAtRestAsync(TestCloud cloud)
    {
        foreach (var (promise, what) in await AtRest.FindAsync(cloud, restored: restoration.Happened))
            Violated(promise, what);
    }

    private static string Difference(string due, string found)
    {
        var (a, b) = (due.Split('\n'), found.Split('\n'));
        return string.Join("; ", a.Except(b).Select(l => $"-{l}").Concat(b.Except(a).Select(l => $"+{l}")));
    }

    private bool IsDeleteAsked(string id) => tenants.TrueForAll(t => t.Things.All(x => x.Id != id || x.DeleteAsked));

    private void Violated(string promise, string what)
    {
        if (violations.Count >= Enough || !seen.Add((promise, what)))
            return;
        var violation = new Violation(promise, what, world.Time.GetUtcNow());
        violations.Add(violation);
        world.Log.Add($"!!! {violation}");
    }
}
