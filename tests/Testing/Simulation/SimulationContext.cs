using Pipeline.Data;

namespace Pipeline.Testing.Simulation;

/// <summary>
/// One thread runs a whole world: all that is ready to run waits in one queue, and a seed decides what runs next.
/// Time passes only when nothing is ready. What leaves the world (the thread pool) fails the run.
/// </summary>
public sealed class SimulationContext : SynchronizationContext
{
    private readonly Lock gate = new();
    private readonly List<(SendOrPostCallback Callback, object? State)> ready = [];
    private readonly List<(string Name, Task Task)> started = [];
    private readonly Randomness choice;
    private readonly int seed;
    private readonly int maxSteps;
    private volatile string? escape;
    private int thread;
    private int steps;
    private long counted;

    /// <param name="maxSteps">A world that runs longer is taken for endless.</param>
    public SimulationContext(int seed, int maxSteps = 2_000_000)
    {
        this.seed = seed;
        this.maxSteps = maxSteps;
        choice = Randomness.Seeded(seed);
        Randomness = Randomness.Seeded(~seed);
        Time = new(this);
        Log = new(Time);
    }

    public int Seed => seed;

    public SimulatedTime Time { get; }

    /// <summary>Ids and choices of what lives in the world; apart from the order in which things run.</summary>
    public Randomness Randomness { get; }

    public EventLog Log { get; }

    /// <summary>True also logs the name of everything that runs.</summary>
    public bool LogsSteps { get; init; }

    /// <summary>What happened: lines of the log, and writes.</summary>
    public long Events => Log.Lines.Count + counted;

    /// <summary>Steps that ran.</summary>
    public int Steps => steps;

    /// <summary>Something happened that has no line.</summary>
    public void Count() => counted++;

    /// <summary>What is ready to run, and timers that are set: 0 where nothing lives any more.</summary>
    public int Alive => (HasReady ? 1 : 0) + Time.Timers;

    private bool HasReady
    {
        get
        {
            lock (gate)
                return ready.Count > 0;
        }
    }

    /// <summary>Runs the world on this thread until <paramref name="main"/> has ended; what it threw is thrown.</summary>
    /// <exception cref="SimulationException">Deadlock, an endless world, or work that left the world's thread.</exception>
    public void Run(Func<Task> main)
    {
        var before = Current;
        var flow = ExecutionContext.Capture()!;
        SetSynchronizationContext(this);
        thread = Environment.CurrentManagedThreadId;
        try
        {
            var run = main();
            // What is ready when the main line ends still runs; time does not pass for it.
            while (!run.IsCompleted || HasReady)
            {
                Step();
                ExecutionContext.Restore(flow);
                SetSynchronizationContext(this);
            }
            run.GetAwaiter().GetResult();
        }
        finally
        {
            thread = 0;
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Starts something that goes on beside the main line; if it fails, the run fails; a deadlock names it.</summary>
    public Task Start(string name, Func<Task> work)
    {
        var task = work();
        started.Add((name, task));
        return task;
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId != thread)
            escape ??= $"a continuation came from another thread:\n{Environment.StackTrace}";
        lock (gate)
            ready.Add((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        AssertInside("a Send");
        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Call where code of the world must be: on its thread and under its context.</summary>
    public void AssertInside(string where)
    {
        if (Environment.CurrentManagedThreadId != thread || Current != this)
            escape ??= $"{where} ran outside the world:\n{Environment.StackTrace}";
        if (escape is not null)
            throw Failure(escape);
    }

    private void Step()
    {
        if (escape is not null)
            throw Failure(escape);
        if (++steps > maxSteps)
            throw Failure($"the world did not end within {maxSteps} steps");
        started.RemoveAll(s => s.Task.IsCompletedSuccessfully);
        foreach (var (_, task) in started)
            if (task.IsCompleted)
                task.GetAwaiter().GetResult();
        if (TryTake(out var next))
            next.Callback(next.State);
        else if (!Time.TryAdvance())
            throw Failure($"deadlock; still waiting: {string.Join(", ", started.Select(s => s.Name).Append("main"))}");
    }

    private bool TryTake(out (SendOrPostCallback Callback, object? State) next)
    {
        lock (gate)
        {
            next = default;
            if (ready.Count == 0)
                return false;
            var index = choice.Next(ready.Count);
            next = ready[index];
            ready.RemoveAt(index);
        }
        if (LogsSteps)
            Log.Add(StepName.Of(next.Callback, next.State));
        return true;
    }

    private SimulationException Failure(string what) =>
        new($"{what}\nseed {seed}, {Time.GetUtcNow():O}, the last of the log:\n{Log.Tail(30)}");
}

/// <summary>A world that cannot go on; the message names its seed.</summary>
public sealed class SimulationException(string message, Exception? cause = null) : Exception(message, cause);
