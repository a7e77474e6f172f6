using Pipeline.Contracts;
using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Worlds;

/// <summary>Faults that wait for something to happen to: the next write, message or operation of a driver, or one after it.</summary>
internal sealed class Mischief(TestCloud cloud)
{
    private static readonly FaultCode[] Codes =
    [
        FaultCode.DriverFailed,
        FaultCode.Unavailable,
        FaultCode.DiskFull,
        FaultCode.Timeout,
        FaultCode.Conflict,
        FaultCode.NotFound,
    ];
    private readonly List<Waiting> waiting = [];
    private bool over;

    /// <summary>Whose doors lead here: every place that a cloud's processes pass, and every road.</summary>
    public void Begin()
    {
        cloud.Faults.Keeps = false;
        cloud.Faults.Meanwhile = PassAsync;
        cloud.Faults.Travel = Road;
    }

    public void End()
    {
        over = true;
        waiting.Clear();
    }

    public void Await(Deed deed, string? process) => waiting.Add(new(deed, process) { Left = CountOf(deed) });

    /// <summary>A process dies between two writes: within a few dozen of them. The rest strikes the first that comes.</summary>
    private static int CountOf(Deed deed) =>
        deed.Kind is DeedKind.FunctionsHostDiesLater or DeedKind.FunctionsHostStallsLater or DeedKind.AgentDiesLater
            ? 1 + (deed.How % 40)
        : deed.Kind == DeedKind.DriverFails ? 1 + (deed.Which % 6)
        : 1 + (deed.Which % 4);

    private async Task PassAsync(Where where, string name, IMortal passing)
    {
        if (over)
            return;
        if (
            where == Where.BeforeRenewal
            && passing is FunctionsLife life
            && IsOn(cloud.StrainOf(life.Slot).UnrenewedUntil)
        )
            throw new Fault(FaultCode.Unavailable, "the lease's row cannot be reached");
        if (where == Where.BeforeDriver)
            await WorkAsync(passing);
        if (where is Where.BeforeWrite or Where.AfterWrite && passing is FunctionsLife stalling)
            Stall(stalling);
        if (where is Where.BeforeDriver or Where.AfterDriver && !name.StartsWith("List", StringComparison.Ordinal))
            FailDriver(where, name, passing);
        if (
            Struck(passing.Name, where < Where.BeforeDriver ? DeedKind.FunctionsHostDiesLater : DeedKind.AgentDiesLater)
            is not null
        )
        {
            cloud.World.Log.Add($"{passing.Name}: {where} {name}, and dies there");
            throw passing.Die();
        }
    }

    /// <summary>Between two writes: what follows is done late.</summary>
    private void Stall(FunctionsLife life)
    {
        if (Struck(life.Name, DeedKind.FunctionsHostStallsLater) is not { } deed)
            return;
        cloud.World.Log.Add($"{life.Name} stalls for {deed.How * 60} ms");
        cloud.StrainOf(life.Slot).StalledUntil =
            cloud.World.Time.GetUtcNow() + TimeSpan.FromMilliseconds(deed.How * 60);
    }

    /// <summary>What a driver does takes its time, so that other things happen meanwhile.</summary>
    private async Task WorkAsync(IMortal passing)
    {
        if (HostOf(passing) is { } host && IsOn(host.Strain.SlowUntil))
            await cloud.PassAsync(host.Strain.Slowness);
        else if (cloud.World.Randomness.Next(2) == 0)
            await cloud.PassAsync(TimeSpan.FromMilliseconds(cloud.World.Randomness.Next(1_500)));
    }

    private void FailDriver(Where where, string name, IMortal passing)
    {
        var after = where == Where.AfterDriver ? 1 : 0;
        if (Struck(passing.Name, DeedKind.DriverFails, d => d.How % 2 == after) is not { } deed)
            return;
        var code = Codes[deed.How / 2 % Codes.Length];
        cloud.World.Log.Add($"{passing.Name}: {where} {name} fails, {code}");
        throw new Fault(code, $"{name} failed as planned");
    }

    private IReadOnlyList<TimeSpan> Road(Place place)
    {
        var answer = place.Where == Where.Answer;
        if (!answer && Struck(null, DeedKind.MessageComesAfterAll) is { } last)
            return Told(place, [AfterAll(last)]);
        if (Struck(null, answer ? DeedKind.AnswerIsLost : DeedKind.MessageIsLost) is not null)
            return Told(place, []);
        if (Struck(null, answer ? DeedKind.AnswerIsDoubled : DeedKind.MessageIsDoubled) is { } doubled)
            return Told(place, [TimeSpan.Zero, Late(doubled)]);
        return Struck(null, answer ? DeedKind.AnswerIsLate : DeedKind.MessageIsLate) is { } late
            ? Told(place, [Late(late)])
            : [TimeSpan.Zero];
    }

    /// <summary>So late that whatever it was for is over, and nobody has told its host to forget it.</summary>
    private TimeSpan AfterAll(Deed deed)
    {
        var late = TimeSpan.FromMilliseconds(20_000 + (deed.How * 100));
        foreach (var host in cloud.Hosts)
            host.Strain.DeafUntil = cloud.World.Time.GetUtcNow() + late;
        // What is done beside it fails, so that both are undone before it comes.
        if (deed.Which % 4 is 1 or 2)
            waiting.Add(new(deed with { Kind = DeedKind.DriverFails, How = 0 }, null) { Left = 1 });
        return late;
    }

    private TimeSpan[] Told(Place place, TimeSpan[] delays)
    {
        var how =
            delays.Length == 0
                ? "is lost"
                : $"comes after {string.Join(", ", delays.Select(d => $"{d.TotalSeconds:0.0} s"))}";
        cloud.World.Log.Add($"{place.Where} {place.Name} {how}");
        return delays;
    }

    /// <summary>Mostly some seconds; now and then longer than it takes until it is sent again.</summary>
    private static TimeSpan Late(Deed deed) =>
        TimeSpan.FromMilliseconds(deed.How % 5 == 0 ? deed.How * 300 : deed.How * 20);

    /// <summary>The fault that strikes here; its count goes down where it does not strike yet.</summary>
    private Deed? Struck(string? process, DeedKind kind, Func<Deed, bool>? only = null)
    {
        for (var i = 0; i < waiting.Count; i++)
        {
            var one = waiting[i];
            if (one.Deed.Kind != kind || !Fits(one.Process, process) || (only is not null && !only(one.Deed)))
                continue;
            if (--one.Left > 0)
                continue;
            waiting.RemoveAt(i);
            return one.Deed;
        }
        return null;
    }

    /// <summary>`host-2` is the name of whatever lives on it: `host-2.5`.</summary>
    private static bool Fits(string? wanted, string? process) =>
        wanted is null || (process is not null && process.StartsWith(wanted, StringComparison.Ordinal));

    private TestHost? HostOf(IMortal passing) =>
        cloud.Hosts.FirstOrDefault(h => passing.Name.StartsWith($"{h.Name}.", StringComparison.Ordinal));

    private bool IsOn(DateTimeOffset until) => until > cloud.World.Time.GetUtcNow();

    private sealed class Waiting(Deed deed, string? process)
    {
        public Deed Deed => deed;

        public string? Process => process;

        public int Left { get; set; }
    }
}
