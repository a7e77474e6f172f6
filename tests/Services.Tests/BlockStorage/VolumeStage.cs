using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Hosts;
using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;
using Pipeline.Services.Tests.Compute;

namespace Pipeline.Services.Tests.BlockStorage;

/// <summary>What tests of volumes do again and again.</summary>
internal static class VolumeStage
{
    /// <summary>A backend on the world's first host.</summary>
    public static async Task AddBackendAsync(
        this ComputeWorld world,
        string name = "local",
        double? gib = 1000,
        bool reverts = true
    )
    {
        var host = (await world.GetHostsAsync())[0];
        var report = ReportOf(
            name,
            gib,
            capabilities: [("online_extend_support", true), ("snapshot_revert_support", reverts)]
        );
        await world.Db.WriteAsync(tx => tx.SetBackendsAsync(host, "host-1", [report]));
    }

    /// <summary>Several, all alike; the first by name is filled first.</summary>
    public static async Task AddBackendsAsync(this ComputeWorld world, params string[] names)
    {
        var host = (await world.GetHostsAsync())[0];
        await world.Db.WriteAsync(tx => tx.SetBackendsAsync(host, "host-1", [.. names.Select(n => ReportOf(n, 1000))]));
    }

    /// <summary>A host that has told from where it reaches storage.</summary>
    public static async Task<HostId> AddGuestHostAsync(this ComputeWorld world, string address = "192.0.2.9")
    {
        var host = await world.AddHostAsync("metal-2");
        await world.Db.WriteAsync(tx =>
            tx.SaveVolumeHostAsync(
                new()
                {
                    HostId = host,
                    Name = "metal-2",
                    Address = address,
                }
            )
        );
        return host;
    }

    public static BackendReport ReportOf(
        string name,
        double? gib,
        double? free = null,
        int reserved = 0,
        double ratio = 1,
        params (string Name, bool Can)[] capabilities
    ) =>
        new(
            name,
            "fake",
            reserved,
            ratio,
            new(
                "1",
                "Pipeline",
                "fake",
                new Capacity(gib),
                new Capacity(free ?? gib),
                capabilities.ToDictionary(c => c.Name, c => c.Can)
            )
        );

    /// <summary>A volume that is available.</summary>
    public static async Task<string> MakeVolumeAsync(
        this ComputeWorld world,
        string more = "\"size\":1",
        string token = "mine:member"
    )
    {
        var reply = await world.VolumeAsync("POST", "/volumes", $$$"""{"volume":{{{{more}}}}}""", token);
        if (reply.Status != 202)
            throw new InvalidOperationException($"{reply.Status} {reply.Body}");
        await world.SettleAsync();
        return reply.Text("volume", "id");
    }

    public static async Task<string> MakeSnapshotAsync(this ComputeWorld world, string volume, string more = "")
    {
        var body = $$$"""{"snapshot":{"volume_id":"{{{volume}}}"{{{more}}}}}""";
        var reply = await world.VolumeAsync("POST", "/snapshots", body);
        if (reply.Status != 202)
            throw new InvalidOperationException($"{reply.Status} {reply.Body}");
        await world.SettleAsync();
        return reply.Text("snapshot", "id");
    }
}
