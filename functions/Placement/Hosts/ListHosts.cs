using System.Text.Json;
using Pipeline.Data;

namespace Pipeline.Placement.Hosts;

internal sealed record HostListView(IReadOnlyList<HostItemView> Hosts);

internal sealed record HostItemView(
    HostId Id,
    string Name,
    string State,
    bool Enabled,
    string Hypervisor,
    int Vcpus,
    int MemoryMib,
    int DiskGib,
    int UsedVcpus,
    int UsedMemoryMib,
    int UsedDiskGib,
    IReadOnlyDictionary<string, string> Facts
);

/// <summary>All hosts, for operators.</summary>
internal sealed class ListHosts(Database db)
{
    [Function("hosts-list"), Policy("hosts:list", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hosts/v1")] HttpRequest request
    )
    {
        var rows = await db.ReadAsync(PlacementStore.ListHostsAsync);
        return Answer.Json(200, new([.. rows.Select(View)]), PlacementJson.Default.HostListView);
    }

    private static HostItemView View(HostRow h) =>
        new(
            h.Id,
            h.Name,
            h.State,
            h.Enabled,
            h.Hypervisor,
            h.Vcpus,
            h.MemoryMib,
            h.DiskGib,
            h.UsedVcpus,
            h.UsedMemoryMib,
            h.UsedDiskGib,
            JsonSerializer.Deserialize(h.Facts, PlacementJson.Default.IReadOnlyDictionaryStringString)!
        );
}
