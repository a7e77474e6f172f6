using Pipeline.Data;

namespace Pipeline.Testing.Worlds;

/// <summary>All that a world's seed decides before it begins; the order in which things run is the seed's, too.</summary>
public sealed record WorldPlan(
    int Seed,
    int FunctionsHosts,
    int Hosts,
    int Tenants,
    IReadOnlyList<int> SkewsMs,
    IReadOnlyList<Deed> Deeds
)
{
    /// <summary>Operations of a world.</summary>
    public const int Operations = 50;
    private const int Furthermore = 16;
    private const int LengthMs = 240_000;
    private const int Early = 6;
    private const int LateBuilds = 6;
    private const int EarlyMs = 20_000;
    private static readonly (DeedKind Kind, int Weight)[] Wishes =
    [
        (DeedKind.BuildServer, 14),
        (DeedKind.BuildServers, 2),
        (DeedKind.BuildHugeServer, 1),
        (DeedKind.BuildServerOnPort, 4),
        (DeedKind.BuildServerAndDeleteIt, 5),
        (DeedKind.DeleteServer, 8),
        (DeedKind.StopServer, 5),
        (DeedKind.StartServer, 4),
        (DeedKind.RebootServer, 3),
        (DeedKind.RebootServerHard, 3),
        (DeedKind.RenameServer, 1),
        (DeedKind.MakeNetwork, 3),
        (DeedKind.DeleteNetwork, 2),
        (DeedKind.MakePort, 5),
        (DeedKind.ChangePort, 3),
        (DeedKind.DeletePort, 4),
        (DeedKind.MakeGroup, 2),
        (DeedKind.AddRule, 3),
        (DeedKind.DeleteGroup, 1),
        (DeedKind.MakeImage, 2),
        (DeedKind.DeleteImage, 1),
        (DeedKind.MakeKeypair, 1),
        (DeedKind.DeleteKeypair, 1),
        (DeedKind.RaiseEvent, 4),
        (DeedKind.AskForSweep, 2),
        (DeedKind.GuestEnds, 2),
        (DeedKind.StrayAppears, 1),
    ];
    private static readonly (DeedKind Kind, int Weight)[] Further =
    [
        (DeedKind.MakeVolume, 10),
        (DeedKind.MakeVolumeAndDeleteIt, 3),
        (DeedKind.ExtendVolume, 4),
        (DeedKind.DeleteVolume, 5),
        (DeedKind.MakeSnapshot, 5),
        (DeedKind.DeleteSnapshot, 3),
        (DeedKind.MakeRouter, 3),
        (DeedKind.JoinRouter, 3),
        (DeedKind.LeaveRouter, 1),
        (DeedKind.DeleteRouter, 1),
    ];
    private static readonly (DeedKind Kind, int Weight)[] Troubles =
    [
        (DeedKind.FunctionsHostDies, 2),
        (DeedKind.FunctionsHostDiesLater, 6),
        (DeedKind.FunctionsHostStalls, 2),
        (DeedKind.FunctionsHostStallsLater, 4),
        (DeedKind.LeaseCannotBeRenewed, 2),
        (DeedKind.DatabaseIsFull, 1),
        (DeedKind.DatabaseIsSlow, 1),
        (DeedKind.AgentDies, 2),
        (DeedKind.AgentDiesLater, 5),
        (DeedKind.HostLosesPower, 1),
        (DeedKind.HostIsCutOff, 2),
        (DeedKind.HostIsSlow, 2),
        (DeedKind.HostHearsNoSignals, 3),
        (DeedKind.JournalIsFull, 1),
        (DeedKind.DriverFails, 5),
        (DeedKind.MessageIsLost, 2),
        (DeedKind.MessageIsDoubled, 3),
        (DeedKind.MessageIsLate, 4),
        (DeedKind.MessageComesAfterAll, 4),
        (DeedKind.AnswerIsLost, 2),
        (DeedKind.AnswerIsDoubled, 2),
        (DeedKind.AnswerIsLate, 2),
    ];

    public string Shape => $"{FunctionsHosts} functions hosts, {Hosts} hosts, {Tenants} tenants, {Deeds.Count} deeds";

    public static WorldPlan Draw(int seed)
    {
        var random = Randomness.Seeded(seed * 31 + 7);
        var functions = 1 + random.Next(3);
        var hosts = 1 + random.Next(5);
        var tenants = 1 + random.Next(3);
        var skews = Enumerable.Range(0, functions).Select(_ => random.Next(4) == 0 ? random.Next(4_001) - 2_000 : 0);
        List<int> kept = [.. skews];
        var deeds = Enumerable.Range(0, Operations - Early).Select(_ => Draw(random, Wishes)).ToList();
        // There is something to work on soon.
        deeds.AddRange(
            Enumerable.Range(0, Early).Select(_ => Draw(random, Wishes[..1]) with { At = random.Next(EarlyMs) })
        );
        // Some worlds are calm, most are not, so that a bug that needs quiet is met as well as one that needs a storm.
        var faults = random.Next(8) == 0 ? 0 : random.Next(30);
        deeds.AddRange(Enumerable.Range(0, faults).Select(_ => Draw(random, Troubles)));
        // Drawn last, so that it changes nothing else of a seed's plan.
        if (random.Next(10) == 0)
            deeds.Add(Draw(random, [(DeedKind.StrangerComes, 1)]));
        // Half of the worlds have storage and routers besides.
        if (random.Next(2) == 0)
            deeds.AddRange(Enumerable.Range(0, Furthermore).Select(_ => Draw(random, Further)));
        return new(seed, functions, hosts, tenants, kept, [.. deeds.OrderBy(d => d.At)]);
    }

    /// <summary>The seed's world, in which the database is restored besides.</summary>
    public static WorldPlan Restored(int seed)
    {
        var plan = Draw(seed);
        var restore = Draw(Randomness.Seeded(seed * 31 + 8), [(DeedKind.DatabaseIsRestored, 1)]);
        return plan with { Deeds = [.. plan.Deeds.Append(restore).OrderBy(d => d.At)] };
    }

    /// <summary>
    /// A small world in which messages come after all that they were for: what fences are there for, and what the usual
    /// worlds meet too seldom to show soon that a fence is missing.
    /// </summary>
    /// <param name="build">What each late message belongs to.</param>
    public static WorldPlan Late(int seed, DeedKind build)
    {
        List<Deed> deeds = [];
        for (var i = 0; i < LateBuilds; i++)
        {
            var at = 1_000 + (i * 20_000);
            deeds.Add(new(at, DeedKind.MessageComesAfterAll, 0, (seed + i) % 4, 400));
            deeds.Add(new(at + 100, build, 0, 0, 201 + (100 * i)));
        }
        return new(seed, 1, 1, 1, [0], deeds);
    }

    private static Deed Draw(Randomness random, (DeedKind Kind, int Weight)[] kinds)
    {
        var at = random.Next(LengthMs);
        var pick = random.Next(kinds.Sum(k => k.Weight));
        var kind = kinds.First(k => (pick -= k.Weight) < 0).Kind;
        return new(at, kind, random.Next(60), random.Next(60), random.Next(1_000));
    }
}
