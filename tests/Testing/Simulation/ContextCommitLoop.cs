using Pipeline.Data;

namespace Pipeline.Testing.Simulation;

/// <summary>Commits on the world's context; each writer is told in a turn of its own, in whatever order the seed picks.</summary>
public sealed class ContextCommitLoop(SynchronizationContext context) : ICommitLoop
{
    private Action drain = () => { };
    private bool posted;
    private bool stopped;

    public void Start(Action drain) => this.drain = drain;

    public void Signal()
    {
        if (posted)
            return;
        posted = true;
        context.Post(
            _ =>
            {
                posted = false;
                if (!stopped)
                    drain();
            },
            null
        );
    }

    public void Tell(IThreadPoolWorkItem told) => context.Post(_ => told.Execute(), null);

    public void Stop() => stopped = true;
}
