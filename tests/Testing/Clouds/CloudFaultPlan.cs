using Pipeline.Contracts;

namespace Pipeline.Testing.Clouds;

/// <summary>
/// Faults planned for a cloud, each at a place by name and occurrence. It writes down what was passed, so that a first run finds the
/// places for the next; a test asserts <see cref="Reached"/>, so that a fault that never happened is seen.
/// </summary>
public sealed class CloudFaultPlan
{
    private static readonly TimeSpan[] AtOnce = [TimeSpan.Zero];
    private readonly List<Planned> planned = [];
    private readonly List<Place> passed = [];
    private readonly Dictionary<(Where, string), int> counts = [];

    /// <summary>Every place passed since the plan began, in order.</summary>
    public IReadOnlyList<Place> Passed => passed;

    /// <summary>How every message and answer travels that has no plan of its own: once and at once.</summary>
    public Func<Place, IReadOnlyList<TimeSpan>> Travel { get; set; } = _ => AtOnce;

    /// <summary>Called at every place that is passed, before what is planned there: throws, kills, or waits.</summary>
    internal Func<Where, string, IMortal, Task> Meanwhile { get; set; } = (_, _, _) => Task.CompletedTask;

    /// <summary>False where nobody asks what was passed: a long life passes much.</summary>
    public bool Keeps { get; set; } = true;

    /// <summary>True when every planned fault has happened.</summary>
    public bool Reached => Missed.Count == 0;

    public IReadOnlyList<Place> Missed => planned.FindAll(p => !p.Done).ConvertAll(p => p.At);

    /// <summary>The step or driver operation fails there, once.</summary>
    public CloudFaultPlan Fail(Place at, Fault fault) => Add(new(at, _ => throw fault));

    /// <summary>It fails there and ever after.</summary>
    public CloudFaultPlan FailFrom(Place at, Fault fault) => Add(new(at, _ => throw fault) { Stays = true });

    /// <summary>The process that passes there dies: the functions host at steps, commits and answers, else the agent.</summary>
    public CloudFaultPlan Kill(Place at) => Add(new(at, victim => throw victim.Die()));

    /// <summary>Something else happens there, before what passes goes on.</summary>
    public CloudFaultPlan Do(Place at, Func<Task> deed) => Add(new(at, _ => deed()));

    /// <summary>A message or an answer arrives so often and so late; not at all when nothing is said.</summary>
    public CloudFaultPlan Deliver(Place at, params TimeSpan[] delays) => Add(new(at, null) { Delays = delays });

    /// <summary>Forgets what was passed and planned so far, so that counting begins anew.</summary>
    public void Begin()
    {
        planned.Clear();
        passed.Clear();
        counts.Clear();
    }

    internal async Task PassAsync(Where where, string name, IMortal passing)
    {
        await Meanwhile(where, name, passing);
        if (Keeps && Find(where, name, out _)?.Strike is { } strike)
            await strike(passing);
    }

    internal IReadOnlyList<TimeSpan> Deliveries(Where where, string name)
    {
        if (!Keeps)
            return Travel(new(where, name));
        var plan = Find(where, name, out var place);
        return plan?.Delays ?? Travel(place);
    }

    private Planned? Find(Where where, string name, out Place place)
    {
        counts[(where, name)] = counts.GetValueOrDefault((where, name)) + 1;
        var here = place = new(where, name, counts[(where, name)]);
        passed.Add(here);
        if (planned.Find(p => p.Covers(here)) is not { } plan)
            return null;
        plan.Done = true;
        return plan;
    }

    private CloudFaultPlan Add(Planned plan)
    {
        planned.Add(plan);
        return this;
    }

    private sealed class Planned(Place at, Func<IMortal, Task>? strike)
    {
        public Place At => at;

        public Func<IMortal, Task>? Strike => strike;

        public TimeSpan[]? Delays { get; init; }

        public bool Stays { get; init; }

        public bool Done { get; set; }

        public bool Covers(Place here) =>
            here.Where == at.Where && here.Name == at.Name && (here.Nth == at.Nth || (Stays && here.Nth > at.Nth));
    }
}

/// <summary>A process that a fault plan can kill.</summary>
internal interface IMortal
{
    string Name { get; }

    /// <summary>Cuts it off from the world; what it throws is thrown by the code that runs in it.</summary>
    Exception Die();
}
