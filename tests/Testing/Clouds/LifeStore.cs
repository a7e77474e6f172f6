using Pipeline.Contracts;
using Pipeline.Data;

namespace Pipeline.Testing.Clouds;

/// <summary>
/// The shared store as one functions host reaches it: it may stall, find the disk full or slow, have a clock of its own, and
/// die before or after any write.
/// </summary>
internal sealed class LifeStore(TestCloud cloud, Database shared, TimeSpan skew, Strain own) : IStore
{
    /// <summary>Called before and after each write; throws where the process dies.</summary>
    public required Func<Where, string, Task> Pass { get; init; }

    public event Action<string> Notified
    {
        add => shared.Notified += value;
        remove => shared.Notified -= value;
    }

    public bool IsShared => true;

    public void Notify(string hint) => shared.Notify(hint);

    public async Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> decide)
    {
        await WakeAsync();
        await Pass(Where.BeforeWrite, "");
        if (cloud.StoreStrain.FullUntil > Now)
            throw new Fault(FaultCode.Unavailable, "The database's disk is full.");
        if (cloud.StoreStrain.SlowUntil > Now)
            await cloud.PassAsync(cloud.StoreStrain.Slowness);
        var written = "";
        var result = await shared.WriteAsync(async tx =>
        {
            var watched = new WatchedTx(tx, skew, cloud.Statements);
            var decided = await decide(cloud.Tamper(watched));
            if (watched.HasWritten)
                await cloud.Committing(tx, watched.Written);
            written = watched.HasWritten ? "wrote" : "";
            return decided;
        });
        if (written.Length > 0)
            cloud.World.Count();
        await Pass(Where.AfterWrite, written);
        return result;
    }

    public async Task<T> ReadAsync<T>(Func<Tx, ValueTask<T>> query)
    {
        await WakeAsync();
        return await shared.ReadAsync(tx => query(cloud.Tamper(new WatchedTx(tx, skew, cloud.Statements))));
    }

    public void Dispose()
    {
        // The store outlives its functions hosts.
    }

    private DateTimeOffset Now => cloud.World.Time.GetUtcNow();

    private async Task WakeAsync()
    {
        while (own.StalledUntil > Now)
            await cloud.PassAsync(own.StalledUntil - Now);
    }
}
