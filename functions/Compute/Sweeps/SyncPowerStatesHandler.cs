using Pipeline.Compute.Servers;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Drivers;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Compute.Sweeps;

/// <param name="Off">Active servers whose guest is off.</param>
/// <param name="Gone">Active servers whose guest is not on their host.</param>
internal sealed record PowerFindings(IReadOnlyList<ServerPlace> Off, IReadOnlyList<ServerPlace> Gone, int Unsettled);

/// <summary>
/// As Nova's periodic power sync: a server whose guest has ended by itself is stopped. One whose guest is not there at all
/// is in error; in a restored database, whose word may be out of date, it is only reported.
/// </summary>
internal sealed class SyncPowerStatesHandler(Database db, DurableTaskClient durable)
    : IPreparedActivity<SyncPowerStates, PowerFindings, PowerSync>
{
    /// <summary>How far the clocks of functions hosts may be apart.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);

    public async ValueTask<PowerFindings> PrepareAsync(SyncPowerStates step)
    {
        var states = step.Guests.ToDictionary(g => g.Id, g => g.State);
        var (servers, operated) = await db.ReadAsync(tx => ReadAsync(tx, step));
        return Compare(servers.Where(s => s.VmState == "active"), states, operated);
    }

    public async ValueTask<PowerSync> RunAsync(Tx tx, SyncPowerStates step, PowerFindings prepared)
    {
        foreach (var server in prepared.Off)
            await tx.TrySetPowerAsync(server, Stopped);
        if ((await tx.ReadCloudAsync()).RestoredAt is null)
            foreach (var server in prepared.Gone)
                await tx.TrySetPowerAsync(server, Lost(step.Host, tx.Now));
        return new(prepared.Unsettled);
    }

    internal static PowerFindings Compare(
        IEnumerable<ServerPlace> active,
        IReadOnlyDictionary<ServerId, GuestState> states,
        IReadOnlySet<string> operated
    )
    {
        var wrong = active.Where(s => states.GetValueOrDefault(s.Id, GuestState.Off) == GuestState.Off).ToList();
        var settled = wrong.Where(s => !operated.Contains(Server.ResourceOf(s.Id))).ToList();
        return new(
            settled.FindAll(s => states.ContainsKey(s.Id)),
            settled.FindAll(s => !states.ContainsKey(s.Id)),
            wrong.Count - settled.Count
        );
    }

    private async ValueTask<(IReadOnlyList<ServerPlace>, IReadOnlySet<string>)> ReadAsync(Tx tx, SyncPowerStates step)
    {
        var servers = await tx.ListServersOnAsync(step.Host);
        var resources = servers.Select(s => Server.ResourceOf(s.Id));
        return (servers, await durable.ListOperatedAsync(tx, resources, step.Asked - ClockSkew));
    }

    private static Server Stopped =>
        new()
        {
            Status = ServerStatus.Shutoff,
            VmState = "stopped",
            PowerState = PowerState.Shutdown,
        };

    private static Server Lost(HostId host, DateTimeOffset now) =>
        new()
        {
            Status = ServerStatus.Error,
            VmState = "error",
            PowerState = PowerState.NoState,
            Fault = $"The guest is not on its host {host} any more.",
            FaultAt = now,
        };
}
