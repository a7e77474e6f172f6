using System.Collections.Concurrent;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>One change at a time for each network: a filter is made from all of its ports, so it has one writer.</summary>
internal sealed class Turns
{
    private readonly ConcurrentDictionary<NetworkId, SemaphoreSlim> _turns = new();

    public async Task<IDisposable> TakeAsync(NetworkId id, CancellationToken ct)
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
