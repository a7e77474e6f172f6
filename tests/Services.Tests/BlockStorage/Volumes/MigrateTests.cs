using Pipeline.Contracts;
using Pipeline.Services.Tests.Compute;

namespace Pipeline.Services.Tests.BlockStorage.Volumes;

/// <summary>Operators move volumes between backends.</summary>
public sealed class MigrateTests
{
    private const string Admin = VolumeCalls.Admin;
    private const string Other = "host-1@other#other";

    [Theory]
    [InlineData("", "available")]
    [InlineData(",\"lock_volume\":true,\"force_host_copy\":true", "maintenance")]
    public void A_volume_moves_and_its_owner_sees_of_it_what_the_operator_wants(string more, string shown) =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync(Near);
            var begun = await MigrateAsync(world, volume, Other, more);
            Assert.Equal("202 ", $"{begun.Status} {begun.Body}");
            var seen = await world.VolumeAsync("GET", $"/volumes/{volume}", null, Admin);
            Assert.Equal(
                $"{shown} starting starting ",
                $"{Text(seen, "status")} {Text(seen, "migration_status")} {Text(seen, "os-vol-mig-status-attr:migstat")} {Text(seen, "os-vol-mig-status-attr:name_id")}"
            );
            var own = await world.VolumeAsync("GET", $"/volumes/{volume}");
            Assert.DoesNotContain("mig", own.Body, StringComparison.Ordinal);
            Assert.Equal([volume], (await world.VolumeAsync("GET", $"/volumes?status={shown}")).All("volumes", "id"));
            await world.SettleAsync();
            seen = await world.VolumeAsync("GET", $"/volumes/{volume}", null, Admin);
            Assert.Equal(
                $"available success {Other}",
                $"{Text(seen, "status")} {Text(seen, "migration_status")} {Text(seen, "os-vol-host-attr:host")}"
            );
            Assert.NotEqual(volume, Text(seen, "os-vol-mig-status-attr:name_id"));
            Assert.Equal(36, Text(seen, "os-vol-mig-status-attr:name_id").Length);
        });

    [Fact]
    public void Nothing_else_is_done_to_it_meanwhile() =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync(Near);
            await MigrateAsync(world, volume, Other);
            (string Path, string Body)[] cases =
            [
                ($"/volumes/{volume}/action", """{"os-extend":{"new_size":2}}"""),
                ($"/volumes/{volume}/action", """{"os-reserve":{}}"""),
                ($"/volumes/{volume}/action", """{"os-retype":{"new_type":"__DEFAULT__"}}"""),
                ($"/volumes/{volume}/action", """{"os-volume_upload_image":{"image_name":"i"}}"""),
                ("/snapshots", $$$"""{"snapshot":{"volume_id":"{{{volume}}}","force":true}}"""),
                ("/backups", $$$"""{"backup":{"volume_id":"{{{volume}}}"}}"""),
                ("/volumes", $$$"""{"volume":{"source_volid":"{{{volume}}}"}}"""),
                ("/os-volume-transfer", $$$"""{"transfer":{"volume_id":"{{{volume}}}"}}"""),
            ];
            foreach (var (path, body) in cases)
                Assert.Equal($"{body} 400", $"{body} {(await world.VolumeAsync("POST", path, body)).Status}");
            Assert.Equal(400, (await world.VolumeAsync("DELETE", $"/volumes/{volume}")).Status);
            Assert.Equal(400, (await MigrateAsync(world, volume, Other)).Status);
            const string reset = """{"os-reset_status":{"status":"available"}}""";
            await world.VolumeAsync("POST", $"/volumes/{volume}/action", reset, Admin);
            foreach (var (path, body) in cases[1..3].Append(cases[4]))
                Assert.Equal($"{body} 400", $"{body} {(await world.VolumeAsync("POST", path, body)).Status}");
            await world.SettleAsync();
            Assert.Equal("success", await MigrationAsync(world, volume));
        });

    [Fact]
    public void It_is_grown_snapshotted_and_copied_where_it_lies_from_then_on() =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync(Near);
            await MigrateAsync(world, volume, Other);
            await world.SettleAsync();
            var act = $"/volumes/{volume}/action";
            Assert.Equal(202, (await world.VolumeAsync("POST", act, """{"os-extend":{"new_size":2}}""")).Status);
            await world.SettleAsync();
            var snapshot = await world.MakeSnapshotAsync(volume);
            await world.MakeVolumeAsync($"\"snapshot_id\":\"{snapshot}\"");
            Assert.Equal(400, (await MigrateAsync(world, volume, "host-1@local#local")).Status);
            Assert.Equal(202, (await world.VolumeAsync("DELETE", $"/snapshots/{snapshot}")).Status);
            await world.SettleAsync();
            Assert.Equal(202, (await MigrateAsync(world, volume, "host-1@local")).Status);
            await world.SettleAsync();
            Assert.Equal("success", await MigrationAsync(world, volume));
            Assert.Equal(2, await world.CountAsync("volume_backends", "provisioned_gib = 2 AND volumes = 1"));
        });

    [Fact]
    public void A_place_that_is_not_there_or_does_not_do_is_refused() =>
        InWorld(async world =>
        {
            await world.AddTypeAsync("near", ",\"extra_specs\":{\"volume_backend_name\":\"local\"}");
            var volume = await world.MakeVolumeAsync(Near);
            var bound = await world.MakeVolumeAsync("\"size\":1,\"volume_type\":\"near\"");
            (string Volume, string Order, string Token, int Status)[] cases =
            [
                (volume, $$"""{"host":"{{Other}}"}""", "mine:member", 403),
                (volume, """{"host":"host-9@other#other"}""", Admin, 400),
                (volume, """{"host":"host-1@local#local"}""", Admin, 400),
                (volume, $$"""{"host":"{{Other}}","cluster":"c"}""", Admin, 400),
                (volume, $$"""{"host":"{{Other}}","lock_volume":"perhaps"}""", Admin, 400),
                (volume, "{}", Admin, 400),
                (bound, $$"""{"host":"{{Other}}"}""", Admin, 400),
                ($"{Guid.Empty}", $$"""{"host":"{{Other}}"}""", Admin, 404),
            ];
            foreach (var (of, order, token, status) in cases)
            {
                var body = $$$"""{"os-migrate_volume":{{{order}}}}""";
                var reply = await world.VolumeAsync("POST", $"/volumes/{of}/action", body, token);
                Assert.Equal($"{order} {status}", $"{order} {reply.Status}");
            }
            await world.VolumeAsync(
                "POST",
                $"/volumes/{volume}/action",
                """{"os-attach":{"host_name":"client","mountpoint":"/dev/vdb"}}"""
            );
            Assert.Contains("attached", (await MigrateAsync(world, volume, Other)).Body, StringComparison.Ordinal);
            var disable = """{"binary":"cinder-volume","host":"host-1@other"}""";
            Assert.Equal(200, (await world.VolumeAsync("PUT", "/os-services/disable", disable, Admin)).Status);
            var free = await world.MakeVolumeAsync(Near);
            Assert.Contains("disabled", (await MigrateAsync(world, free, Other)).Body, StringComparison.Ordinal);
            Assert.Equal(0, await world.CountAsync("volumes", "migration_status IS NOT NULL"));
        });

    [Theory]
    [InlineData("MakeVolume")]
    [InlineData("WriteBackup")]
    [InlineData("none")]
    public void A_delete_by_force_leaves_nothing_on_either_side(string failing) =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync(Near);
            world.Failing[failing] = new(FaultCode.DriverFailed, "it failed");
            await MigrateAsync(world, volume, Other);
            const string force = """{"os-force_delete":{}}""";
            Assert.Equal(202, (await world.VolumeAsync("POST", $"/volumes/{volume}/action", force, Admin)).Status);
            await world.SettleAsync();
            Assert.Equal(
                (0, 0, 0),
                (
                    await world.CountAsync("volumes"),
                    await world.UsedAsync("gigabytes"),
                    await world.CountAsync("volume_backends", "provisioned_gib <> 0 OR volumes <> 0")
                )
            );
        });

    [Fact]
    public void Whoever_has_taken_hold_of_it_before_the_switch_keeps_it_where_it_was() =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync(Near);
            await MigrateAsync(world, volume, Other);
            await world.Db.WriteAsync(async tx =>
            {
                await tx.ExecuteAsync(
                    """
                    INSERT INTO volume_attachments (id, volume_id, project_id, claimed, attach_mode, status, created_at, version)
                    VALUES (@volume, @volume, @project, 0, 'rw', 'attached', @now, 1)
                    """,
                    new { volume, project = ComputeWorld.Mine }
                );
            });
            await world.SettleAsync();
            var seen = await world.VolumeAsync("GET", $"/volumes/{volume}", null, Admin);
            Assert.Equal(
                "in-use error host-1@local#local",
                $"{Text(seen, "status")} {Text(seen, "migration_status")} {Text(seen, "os-vol-host-attr:host")}"
            );
            Assert.Equal(1, await world.CountAsync("volume_backends", "provisioned_gib = 0 AND volumes = 0"));
        });

    /// <summary>It goes where there is most room, which is the first by name.</summary>
    private const string Near = "\"size\":1";

    private static void InWorld(Func<ComputeWorld, Task> test) =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendsAsync("local", "other");
            await test(world);
        });

    private static Task<Reply> MigrateAsync(ComputeWorld world, string volume, string host, string more = "") =>
        world.VolumeAsync(
            "POST",
            $"/volumes/{volume}/action",
            $$$"""{"os-migrate_volume":{"host":"{{{host}}}"{{{more}}}}}""",
            Admin
        );

    private static async Task<string> MigrationAsync(ComputeWorld world, string volume) =>
        Text(await world.VolumeAsync("GET", $"/volumes/{volume}", null, Admin), "migration_status");

    private static string Text(Reply reply, string name) => $"{reply.Json.GetProperty("volume").GetProperty(name)}";
}
