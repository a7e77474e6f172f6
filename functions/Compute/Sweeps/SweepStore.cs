using Pipeline.Compute.Servers;
using Pipeline.Data;

namespace Pipeline.Compute.Sweeps;

/// <summary>The SQL of what sweeps compare with servers.</summary>
internal static class SweepStore
{
    private const string Columns = "id, host_id, vm_state, version";
    private const int Chunk = 500;

    public static ValueTask<IReadOnlyList<ServerPlace>> ListServersOnAsync(this Tx tx, HostId host) =>
        tx.ListAsync<ServerPlace>($"SELECT {Columns} FROM servers WHERE host_id = @host ORDER BY id", new { host });

    public static async ValueTask<IReadOnlyList<ServerPlace>> ListPlacesAsync(this Tx tx, IEnumerable<ServerId> servers)
    {
        var places = new List<ServerPlace>();
        foreach (var chunk in servers.Select(s => s.ToString()).Chunk(Chunk))
            places.AddRange(
                await tx.ListAsync<ServerPlace>($"SELECT {Columns} FROM servers WHERE id IN @chunk", new { chunk })
            );
        return places;
    }

    /// <summary>Only if nothing has touched the server since it was read: an operation that began meanwhile knows better.</summary>
    public static async ValueTask<bool> TrySetPowerAsync(this Tx tx, ServerPlace read, Server looks) =>
        await tx.ExecuteAsync(
            """
            UPDATE servers SET status = @Status, vm_state = @VmState, power_state = @PowerState, fault = @Fault,
                fault_at = @FaultAt, updated_at = @now, version = version + 1
            WHERE id = @Id AND version = @Version AND task_state IS NULL
            """,
            new
            {
                read.Id,
                read.Version,
                looks.Status,
                looks.VmState,
                looks.PowerState,
                looks.Fault,
                looks.FaultAt,
            }
        ) == 1;
}

internal sealed record ServerPlace
{
    public ServerId Id { get; init; }
    public HostId? HostId { get; init; }
    public string VmState { get; init; } = "";
    public long Version { get; init; }
}
