using Pipeline.Compute.Servers;
using Pipeline.Contracts.Network;
using Pipeline.Data;

namespace Pipeline.Compute.Interfaces;

/// <summary>The ports of a server that the caller may see.</summary>
internal sealed class ServerPorts(Database db, INetworks networks)
{
    /// <exception cref="Fault">NotFound when the caller does not see the server.</exception>
    public Task<IReadOnlyList<ServerPort>> ReadAsync(ServerId id, Caller caller) =>
        db.ReadAsync(async tx =>
        {
            await ServerOperations.FindAsync(tx, id, caller);
            return (await networks.ListServerPortsAsync(tx, [id])).GetValueOrDefault(id) ?? [];
        });
}
