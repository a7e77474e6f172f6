using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Durable.Hub;

namespace Pipeline.Testing.Simulation;

/// <summary>A place the engine passed: the point, the instance, and the step or orchestrator by name.</summary>
public readonly record struct Passage(EnginePoint Point, string Instance, string Name)
{
    public override string ToString() => $"{Point} {Name}";
}

/// <summary>
/// Faults planned for one life of a functions host: hand <see cref="ProbeAsync"/> to the engine's probe. A test asserts
/// <see cref="Reached"/> at its end, so that a fault that never happened is seen.
/// </summary>
/// <param name="kill">Cuts the host off: it writes nothing any more.</param>
public sealed class FaultPlan(Action kill)
{
    private readonly Lock gate = new();
    private readonly List<Planned> planned = [];
    private readonly List<Passage> passed = [];

    /// <summary>All that was passed, in order.</summary>
    public IReadOnlyList<Passage> Passed
    {
        get
        {
            lock (gate)
                return [.. passed];
        }
    }

    /// <summary>True when every planned fault has happened.</summary>
    public bool Reached => planned.TrueForAll(p => p.Done);

    /// <summary>Called at every passage, before any fault: a log, or an assertion about where it runs.</summary>
    public Action<Passage> Watch { get; init; } = _ => { };

    /// <summary>The process dies at the <paramref name="nth"/> passage, counted from 1.</summary>
    public FaultPlan KillAt(int nth) => Add(new((_, count) => count == nth, Kill));

    /// <summary>The process dies where a step or orchestrator passes a point for the <paramref name="nth"/> time.</summary>
    public FaultPlan KillAt(EnginePoint point, string name, int nth = 1) => Add(new(Nth(point, name, nth), Kill));

    /// <summary>A step fails with this fault instead of being done, the <paramref name="nth"/> time it is tried.</summary>
    public FaultPlan FailAt(string step, Fault fault, int nth = 1) =>
        Add(new(Nth(EnginePoint.BeforeStep, step, nth), () => throw fault));

    public ValueTask ProbeAsync(EnginePoint point, string instance, string name)
    {
        var here = new Passage(point, instance, name);
        Watch(here);
        Due(here)?.Invoke();
        return ValueTask.CompletedTask;
    }

    private Action? Due(Passage here)
    {
        lock (gate)
        {
            passed.Add(here);
            if (planned.Find(p => !p.Done && p.Here(here, passed.Count)) is not { } plan)
                return null;
            plan.Done = true;
            return plan.Strike;
        }
    }

    private FaultPlan Add(Planned plan)
    {
        planned.Add(plan);
        return this;
    }

    private void Kill()
    {
        kill();
        throw new ProcessDiedException();
    }

    private static Func<Passage, int, bool> Nth(EnginePoint point, string name, int nth)
    {
        var seen = 0;
        return (here, _) => here.Point == point && here.Name == name && ++seen == nth;
    }

    private sealed class Planned(Func<Passage, int, bool> here, Action strike)
    {
        public Func<Passage, int, bool> Here => here;

        public Action Strike => strike;

        public bool Done { get; set; }
    }
}
