using System.Collections.Concurrent;

namespace Pipeline.Drivers;

/// <summary>One change at a time for each thing that has one writer: a network's filter, a volume.</summary>
public sealed class Turns<TId>
    where TId : notnull
{
    private readonly ConcurrentDictionary<TId, SemaphoreSlim> _turns = new();

    public async Task<IDisposable> TakeAsync(TId id, CancellationToken ct)
    {
        var turn = _turns.GetOrAdd(id, static _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(ct);
        return new Turn(turn);
    }

    private sealed class Turn(SemaphoreSlim held) : IDisposable
    {
        public void Dispose() => held.Release();
    }
}
