using Pipeline.Services.Tests.Compute;

namespace Pipeline.Services.Tests.BlockStorage.Volumes;

/// <summary>What an operator has a volume show: its status, who has it, and how far its move is.</summary>
public sealed class ResetStatusTests
{
    private const string Admin = VolumeCalls.Admin;

    [Fact]
    public void The_word_of_its_migration_is_set_and_taken_back() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var volume = await world.MakeVolumeAsync();
            foreach (var word in (string[])["error", "migrating", "starting", "completing", "success"])
            {
                Assert.Equal(202, (await ResetAsync(world, volume, $"\"migration_status\":\"{word}\"")).Status);
                Assert.Equal($"available {word}", await ShownAsync(world, volume));
            }
            Assert.Equal(202, (await ResetAsync(world, volume, "\"migration_status\":\"migrating\"")).Status);
            const string extend = """{"os-extend":{"new_size":2}}""";
            const string reserve = """{"os-reserve":{}}""";
            Assert.Equal(400, (await world.VolumeAsync("POST", $"/volumes/{volume}/action", reserve)).Status);
            Assert.Equal(
                202,
                (await ResetAsync(world, volume, "\"status\":\"available\",\"migration_status\":\"none\"")).Status
            );
            Assert.Equal("available ", await ShownAsync(world, volume));
            Assert.Equal(202, (await world.VolumeAsync("POST", $"/volumes/{volume}/action", extend)).Status);
        });

    [Fact]
    public void What_moves_keeps_the_word_that_its_move_goes_by() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendsAsync("local", "other");
            var volume = await world.MakeVolumeAsync();
            const string move = """{"os-migrate_volume":{"host":"host-1@other"}}""";
            Assert.Equal(202, (await world.VolumeAsync("POST", $"/volumes/{volume}/action", move, Admin)).Status);
            await world.PassAsync(TimeSpan.FromMilliseconds(100)); // its place is claimed; hosts have done nothing
            Assert.Equal("available migrating", await ShownAsync(world, volume));
            var refused = await ResetAsync(world, volume, "\"migration_status\":\"none\"");
            Assert.StartsWith($"400 badRequest: Invalid volume: Volume {volume} is moving", refused.Fault);
            await world.SettleAsync();
            Assert.Equal("available success", await ShownAsync(world, volume));
            Assert.Equal(202, (await ResetAsync(world, volume, "\"migration_status\":\"none\"")).Status);
            Assert.Equal("available ", await ShownAsync(world, volume));
        });

    [Fact]
    public void A_word_takes_it_from_nobody() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var volume = await world.MakeVolumeAsync();
            const string connector = """{"ip":"192.0.2.3","host":"client","initiator":"iqn.c:1"}""";
            const string connect = $$$"""{"os-initialize_connection":{"connector":{{{connector}}}}}""";
            const string attach = """{"os-attach":{"host_name":"client","mountpoint":"/dev/sdb"}}""";
            var path = $"/volumes/{volume}/action";
            await world.VolumeAsync("POST", path, """{"os-reserve":{}}""");
            var opening = world.VolumeAsync("POST", path, connect);
            await world.SettleAsync();
            Assert.Equal(200, (await opening).Status);
            Assert.Equal(202, (await world.VolumeAsync("POST", path, attach)).Status);
            Assert.Equal("in-use ", await ShownAsync(world, volume));
            Assert.Equal(202, (await ResetAsync(world, volume, "\"attach_status\":\"attached\"")).Status);
            Assert.Equal("in-use ", await ShownAsync(world, volume)); // so it is
            var refused = await ResetAsync(world, volume, "\"status\":\"available\",\"attach_status\":\"detached\"");
            Assert.StartsWith($"400 badRequest: Invalid volume: Volume {volume} has attachment", refused.Fault);
            Assert.Contains("os-force_detach", refused.Fault);
            Assert.Equal("in-use ", await ShownAsync(world, volume));
            Assert.Equal(202, (await ResetAsync(world, volume, "\"status\":\"available\"")).Status);
            Assert.Equal((1, 1), (await world.CountAsync("volume_attachments"), await world.CountAsync("secrets")));
            const string detach = """{"os-force_detach":{}}""";
            var closing = world.VolumeAsync("POST", path, detach, Admin);
            await world.SettleAsync();
            Assert.Equal(202, (await closing).Status);
            Assert.Equal(202, (await ResetAsync(world, volume, "\"attach_status\":\"detached\"")).Status);
            Assert.Equal("available ", await ShownAsync(world, volume));
        });

    [Fact]
    public void A_word_gives_it_to_nobody_and_no_word_is_no_order() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var volume = await world.MakeVolumeAsync();
            string[] wrong =
            [
                "",
                "\"status\":null",
                "\"attach_status\":\"attached\"",
                "\"attach_status\":\"perhaps\"",
                "\"migration_status\":\"perhaps\"",
                "\"status\":\"error\",\"attach_status\":\"attached\"",
                "\"colour\":\"red\"",
            ];
            foreach (var words in wrong)
                Assert.Equal($"{words} 400", $"{words} {(await ResetAsync(world, volume, words)).Status}");
            Assert.Equal(
                403,
                (await ResetAsync(world, volume, "\"attach_status\":\"detached\"", "mine:member")).Status
            );
            Assert.Equal("available ", await ShownAsync(world, volume));
        });

    private static Task<Reply> ResetAsync(ComputeWorld world, string volume, string words, string token = Admin) =>
        world.VolumeAsync("POST", $"/volumes/{volume}/action", $$$"""{"os-reset_status":{{{{words}}}}}""", token);

    /// <summary>Its status, and how far its move is.</summary>
    private static async Task<string> ShownAsync(ComputeWorld world, string volume)
    {
        var shown = await world.VolumeAsync("GET", $"/volumes/{volume}", null, Admin);
        return $"{shown.Text("volume", "status")} {shown.Json.GetProperty("volume").GetProperty("os-vol-mig-status-attr:migstat").GetString()}";
    }
}
