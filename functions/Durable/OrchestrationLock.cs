using Pipeline.Durable.Replay;

namespace Pipeline.Durable;

/// <summary>
/// Names that one orchestration holds, and nobody else, across turns, crashes and functions hosts, until it is disposed or
/// the orchestration ends or continues as new, however it does.
/// </summary>
public sealed class OrchestrationLock : IAsyncDisposable
{
    private readonly Episode episode;
    private readonly PendingAction asked;

    internal OrchestrationLock(Episode episode, PendingAction asked, IReadOnlyList<string> names) =>
        (this.episode, this.asked, Names) = (episode, asked, names);

    /// <summary>In the order in which they are always taken.</summary>
    public IReadOnlyList<string> Names { get; }

    public ValueTask DisposeAsync()
    {
        episode.Release(asked);
        return ValueTask.CompletedTask;
    }
}
