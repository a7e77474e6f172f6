using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Placement.Orchestrations;

namespace Pipeline.Placement.Ledger;

/// <param name="Every">How often each host is swept; besides, at its start, after a reconnect and when it asks.</param>
public sealed record SweepOptions(TimeSpan Every)
{
    public static readonly TimeSpan Usual = TimeSpan.FromMinutes(5);

    /// <summary>When something did not fit but was being operated on.</summary>
    internal static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
}

/// <summary>Starts sweeps: one at a time runs for a host, and one may wait.</summary>
internal sealed class SweepBook(DurableTaskClient durable, SweepOptions options)
{
    /// <summary>Sweeps whose history is kept for a look.</summary>
    private const int Kept = 12;

    /// <summary>By the clock: not while one runs.</summary>
    public async ValueTask StartDueAsync(Tx tx, HostId host)
    {
        var held = await tx.FindHeldAsync(new SweepHost(host).Resource!);
        if (held?.Operation is null && await tx.IsSweepDueAsync(host))
            await StartAsync(tx, host);
    }

    /// <summary>Because of news: one that runs may have looked before, so another follows it.</summary>
    public async ValueTask StartAsync(Tx tx, HostId host)
    {
        var number = await tx.CountSweepAsync(host, tx.Now + options.Every);
        if (await durable.StartAsync(tx, new SweepHost(host), new StartOptions(IdOf(host, number), Queue: true)))
            await durable.PurgeInstanceAsync(tx, IdOf(host, number - Kept));
        else
            await tx.UncountSweepAsync(host); // one waits already, and will look later than now
    }

    private static string IdOf(HostId host, long number) => $"sweep-{host}-{number}";
}
