using Pipeline.Contracts;
using Pipeline.Services.Tests.Compute;

namespace Pipeline.Services.Tests.BlockStorage.Volumes;

public sealed class RevertTests
{
    private const string Version = "3.40";

    [Fact]
    public void A_volume_goes_back_to_its_newest_snapshot() =>
        InWorld(
            async (world, volume) =>
            {
                var snapshot = await world.MakeSnapshotAsync(volume);
                Assert.Equal(202, (await RevertAsync(world, volume, snapshot)).Status);
                Assert.Equal("reverting restoring", await StatusesAsync(world, volume, snapshot));
                Assert.Equal(400, (await world.VolumeAsync("DELETE", $"/snapshots/{snapshot}")).Status);
                Assert.Equal(400, (await world.VolumeAsync("DELETE", $"/volumes/{volume}?cascade=true")).Status);
                await world.SettleAsync();
                Assert.Equal("available available", await StatusesAsync(world, volume, snapshot));
            }
        );

    [Fact]
    public void What_does_not_fit_is_refused_and_nothing_begins() =>
        InWorld(
            async (world, volume) =>
            {
                var older = await world.MakeSnapshotAsync(volume);
                await world.PassAsync(TimeSpan.FromMinutes(1));
                var newest = await world.MakeSnapshotAsync(volume);
                var other = await world.MakeSnapshotAsync(await world.MakeVolumeAsync());
                (string Snapshot, string Token, string Version, int Status)[] wrong =
                [
                    (older, "mine:member", Version, 400),
                    (other, "mine:member", Version, 400),
                    ("none", "mine:member", Version, 400),
                    (newest, "theirs:member", Version, 404),
                    (newest, "mine:member", "3.39", 400),
                ];
                foreach (var (snapshot, token, version, status) in wrong)
                    Assert.Equal(status, (await RevertAsync(world, volume, snapshot, token, version)).Status);
                const string grow = """{"os-extend":{"new_size":2}}""";
                await world.VolumeAsync("POST", $"/volumes/{volume}/action", grow);
                Assert.Equal(409, (await RevertAsync(world, volume, newest)).Status);
                await world.SettleAsync();
                Assert.Contains("equal", (await RevertAsync(world, volume, newest)).Fault, StringComparison.Ordinal);
                Assert.Equal("available available", await StatusesAsync(world, volume, newest));
            }
        );

    [Fact]
    public void A_backend_that_cannot_is_the_reason() =>
        InWorld(
            async (world, volume) =>
            {
                var snapshot = await world.MakeSnapshotAsync(volume);
                var told = await RevertAsync(world, volume, snapshot);
                Assert.StartsWith("400", told.Fault, StringComparison.Ordinal);
                Assert.Contains("snapshot_revert_support", told.Fault, StringComparison.Ordinal);
            },
            reverts: false
        );

    [Fact]
    public void One_that_fails_shows_on_the_volume_and_is_told() =>
        InWorld(
            async (world, volume) =>
            {
                var snapshot = await world.MakeSnapshotAsync(volume);
                world.Failing["RevertVolume"] = new(FaultCode.DiskFull, "the disk is full");
                Assert.Equal(202, (await RevertAsync(world, volume, snapshot)).Status);
                await world.SettleAsync();
                Assert.Equal("error available", await StatusesAsync(world, volume, snapshot));
                var told = (await world.VolumeAsync("GET", "/messages", version: "3.3")).Json.GetProperty("messages")[
                    0
                ];
                const string words = "revert to snapshot: the disk is full (step RevertVolume)";
                Assert.Equal(words, told.GetProperty("user_message").GetString());
            }
        );

    [Fact]
    public void It_is_not_asked_for_twice() =>
        InWorld(
            async (world, volume) =>
            {
                var snapshot = await world.MakeSnapshotAsync(volume);
                Assert.Equal(202, (await RevertAsync(world, volume, snapshot)).Status);
                Assert.Equal(409, (await RevertAsync(world, volume, snapshot)).Status);
                await world.SettleAsync();
                Assert.Equal(202, (await RevertAsync(world, volume, snapshot)).Status);
            }
        );

    [Fact]
    public void A_snapshot_that_an_operator_deletes_meanwhile_is_gone_and_the_volume_is_not() =>
        InWorld(
            async (world, volume) =>
            {
                var snapshot = await world.MakeSnapshotAsync(volume);
                await RevertAsync(world, volume, snapshot);
                Assert.Equal(202, await ActAsync(world, $"/snapshots/{snapshot}", """{"os-force_delete":null}"""));
                Assert.Equal(400, await ActAsync(world, $"/volumes/{volume}", """{"os-force_delete":null}"""));
                await world.SettleAsync();
                Assert.Equal(404, (await world.VolumeAsync("GET", $"/snapshots/{snapshot}")).Status);
                var shown = await world.VolumeAsync("GET", $"/volumes/{volume}");
                Assert.Equal("available", shown.Text("volume", "status"));
            }
        );

    [Fact]
    public void A_delete_ends_it_and_leaves_neither() =>
        InWorld(
            async (world, volume) =>
            {
                var snapshot = await world.MakeSnapshotAsync(volume);
                await RevertAsync(world, volume, snapshot);
                const string reset = """{"os-reset_status":{"status":"error"}}""";
                Assert.Equal(202, await ActAsync(world, $"/snapshots/{snapshot}", reset));
                Assert.Equal(202, await ActAsync(world, $"/volumes/{volume}", reset));
                var deleted = await world.VolumeAsync("DELETE", $"/volumes/{volume}?cascade=true");
                Assert.Equal(202, deleted.Status);
                await world.SettleAsync();
                Assert.Equal(404, (await world.VolumeAsync("GET", $"/snapshots/{snapshot}")).Status);
                Assert.Equal(404, (await world.VolumeAsync("GET", $"/volumes/{volume}")).Status);
                Assert.Equal(0, await world.CountAsync("volume_messages"));
            }
        );

    private static async Task<int> ActAsync(ComputeWorld world, string path, string body) =>
        (await world.VolumeAsync("POST", $"{path}/action", body, VolumeCalls.Admin)).Status;

    private static void InWorld(Func<ComputeWorld, string, Task> test, bool reverts = true) =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync(reverts: reverts);
            await test(world, await world.MakeVolumeAsync());
        });

    private static Task<Reply> RevertAsync(
        ComputeWorld world,
        string volume,
        string snapshot,
        string token = "mine:member",
        string version = Version
    )
    {
        var body = $$$"""{"revert":{"snapshot_id":"{{{snapshot}}}"}}""";
        return world.VolumeAsync("POST", $"/volumes/{volume}/action", body, token, version);
    }

    private static async Task<string> StatusesAsync(ComputeWorld world, string volume, string snapshot)
    {
        var shown = await world.VolumeAsync("GET", $"/volumes/{volume}");
        var kept = await world.VolumeAsync("GET", $"/snapshots/{snapshot}");
        return $"{shown.Text("volume", "status")} {kept.Text("snapshot", "status")}";
    }
}
