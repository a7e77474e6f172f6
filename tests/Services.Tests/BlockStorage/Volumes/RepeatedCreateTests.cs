using Pipeline.Services.Tests.Compute;

namespace Pipeline.Services.Tests.BlockStorage.Volumes;

/// <summary>A repeated `Idempotency-Key` is answered by what stands now, and only to who may see it now.</summary>
public sealed class RepeatedCreateTests
{
    private const string Other = "theirs:member";

    [Fact]
    public void Who_gave_a_volume_away_sees_neither_it_nor_its_snapshots_by_an_old_key() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            const string order = """{"volume":{"size":1}}""";
            var volume = (await MakeAsync(world, "volumes", order)).Text("volume", "id");
            var snap = $$$"""{"snapshot":{"volume_id":"{{{volume}}}"}}""";
            var snapshot = (await MakeAsync(world, "snapshots", snap)).Text("snapshot", "id");
            var offer = $$$"""{"transfer":{"volume_id":"{{{volume}}}"}}""";
            var made = await world.VolumeAsync("POST", "/os-volume-transfer", offer);
            Assert.Equal(volume, (await AgainAsync(world, "volumes", order)).Text("volume", "id"));
            Assert.Equal(snapshot, (await AgainAsync(world, "snapshots", snap)).Text("snapshot", "id"));
            var accept = $$$"""{"accept":{"auth_key":"{{{made.Text("transfer", "auth_key")}}}"}}""";
            var path = $"/os-volume-transfer/{made.Text("transfer", "id")}/accept";
            Assert.Equal(202, (await world.VolumeAsync("POST", path, accept, Other)).Status);
            await world.VolumeAsync("PUT", $"/volumes/{volume}", """{"volume":{"name":"secret"}}""", Other);
            foreach (var (kind, body) in ((string, string)[])[("volumes", order), ("snapshots", snap)])
            {
                var again = await AgainAsync(world, kind, body);
                Assert.Equal(404, again.Status);
                Assert.DoesNotContain("secret", again.Body);
            }
            Assert.Equal((1, 1), (await world.CountAsync("volumes"), await world.CountAsync("volume_snapshots")));
        });

    [Fact]
    public void What_was_deleted_since_is_not_found_and_not_made_anew() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            const string order = """{"volume":{"size":1}}""";
            var volume = (await MakeAsync(world, "volumes", order)).Text("volume", "id");
            var backup = $$$"""{"backup":{"volume_id":"{{{volume}}}"}}""";
            var kept = (await MakeAsync(world, "backups", backup)).Text("backup", "id");
            Assert.Equal(kept, (await AgainAsync(world, "backups", backup)).Text("backup", "id"));
            foreach (var path in (string[])[$"/backups/{kept}", $"/volumes/{volume}"])
            {
                Assert.Equal(202, (await world.VolumeAsync("DELETE", path)).Status);
                await world.SettleAsync();
            }
            Assert.Equal(404, (await AgainAsync(world, "volumes", order)).Status);
            Assert.Equal(404, (await AgainAsync(world, "backups", backup)).Status);
            Assert.Equal((0, 0), (await world.CountAsync("volumes"), await world.CountAsync("volume_backups")));
        });

    /// <summary>Makes it, with its kind for a key.</summary>
    private static async Task<Reply> MakeAsync(ComputeWorld world, string kind, string body)
    {
        var made = await AgainAsync(world, kind, body);
        Assert.Equal(202, made.Status);
        await world.SettleAsync();
        return made;
    }

    private static Task<Reply> AgainAsync(ComputeWorld world, string kind, string body) =>
        world.SendAsync("POST", $"/volume/v3/{ComputeWorld.Mine}/{kind}", body, key: kind);
}
