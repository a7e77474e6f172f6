using System.Text.Json;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Placement.Ledger;
using Pipeline.Runtime.Agents;

namespace Pipeline.Placement.Hosts;

/// <summary>What a host has, told at its start and after a reconnect; it is up from then on, and swept.</summary>
internal sealed class UpdateInventory(
    Database db,
    HostConnections connections,
    SweepBook sweeps,
    IEnumerable<IHostReports> listeners
)
{
    [Function("hosts-update-inventory"), Policy("hosts:inventory", Require.Host)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "hosts/v1/{host}/inventory")] HttpRequest request,
        HostId host,
        CancellationToken ct
    )
    {
        var told = await request.ReadMessageAsync<HostInventory>(ct);
        var row = new HostRow
        {
            Vcpus = told.Vcpus,
            MemoryMib = told.MemoryMib,
            DiskGib = told.DiskGib,
            Hypervisor = told.Hypervisor,
            Facts = JsonSerializer.Serialize(told.Facts, PlacementJson.Default.IReadOnlyDictionaryStringString),
        };
        connections.Saw(host);
        await db.WriteAsync(async tx =>
        {
            var name = await tx.SetInventoryAsync(host, row);
            foreach (var listener in name is null ? [] : listeners)
                await listener.HeardAsync(tx, new(host, name!, told));
            await sweeps.StartAsync(tx, host);
        });
        return Answer.NoContent();
    }
}
