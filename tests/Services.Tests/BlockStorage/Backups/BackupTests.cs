using Pipeline.BlockStorage.Hosts;
using Pipeline.Contracts;
using Pipeline.Services.Tests.Compute;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.BlockStorage.Backups;

public sealed class BackupTests
{
    private const string Admin = VolumeCalls.Admin;
    private const string Path = "/backups";

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync("\"size\":2,\"name\":\"one\"");
            var made = await BackUpAsync(world, volume, ",\"name\":\"first\",\"description\":\"Before.\"");
            Matches(made, "create.202.json");
            Assert.Equal("backing-up", await StatusAsync(world, "volume", volume));
            await world.SettleAsync();
            Assert.Equal("available", await StatusAsync(world, "volume", volume));
            var one = $"{Path}/{made.Text("backup", "id")}";
            Matches(await world.VolumeAsync("GET", one), "show.200.json");
            Matches(await world.VolumeAsync("GET", Path), "list.200.json");
            Matches(await world.VolumeAsync("GET", $"{Path}/detail"), "detail.200.json");
            Matches(await world.VolumeAsync("POST", $"{one}/restore", """{"restore":{}}"""), "restore.202.json");
            await world.SettleAsync();
            Matches(await world.VolumeAsync("DELETE", one), "delete.202.json");
            Matches(await world.VolumeAsync("GET", $"{Path}/none"), "show.404.json");
        });

    [Fact]
    public void One_in_a_folder_says_so_and_is_made_restored_and_deleted_there() =>
        InWorld(async world =>
        {
            var folder = new BackupFolderId(new Guid("f01de000-0000-4000-8000-000000000001"));
            await TellFolderAsync(world, folder);
            var volume = await world.MakeVolumeAsync("\"size\":2,\"name\":\"one\"");
            var backup = await MakeAsync(world, volume);
            Matches(await world.VolumeAsync("GET", $"{Path}/{backup}"), "show-files.200.json");
            Assert.Equal(202, (await RestoreAsync(world, backup, volume)).Status);
            await world.SettleAsync();
            Assert.Equal("available", await StatusAsync(world, "volume", volume));
            await TellFolderAsync(world, null);
            var far = await RestoreAsync(world, backup, volume);
            Assert.Equal(400, far.Status);
            Assert.Contains("does not reach the folder", far.Body, StringComparison.Ordinal);
            Assert.Equal(400, (await BackUpAsync(world, volume, ",\"incremental\":true")).Status);
            Assert.Equal(400, (await BackUpAsync(world, volume, ",\"container\":\"files\"")).Status);
            Assert.Equal(202, (await world.VolumeAsync("DELETE", $"{Path}/{backup}")).Status); // nobody reaches it: the record goes
            await world.SettleAsync();
            Assert.Equal((0, 0), (await world.CountAsync("volume_backups"), await world.UsedAsync("backups")));
        });

    [Fact]
    public void It_counts_and_is_counted_off() =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync("\"size\":3");
            var backup = await MakeAsync(world, volume);
            Assert.Equal((1, 3), (await world.UsedAsync("backups"), await world.UsedAsync("backup_gigabytes")));
            Assert.Equal(202, (await world.VolumeAsync("DELETE", $"/volumes/{volume}")).Status);
            await world.SettleAsync();
            Assert.Equal("available", await StatusAsync(world, "backup", backup)); // it outlives its volume
            Assert.Equal(202, (await world.VolumeAsync("DELETE", $"{Path}/{backup}")).Status);
            await world.SettleAsync();
            Assert.Equal((0, 0), (await world.UsedAsync("backups"), await world.UsedAsync("backup_gigabytes")));
            Assert.Equal(0, await world.CountAsync("volume_backups"));
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_restored_boots_and_knows_its_image_as_the_volume_did(bool anew) =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync();
            foreach (
                var said in (string[])
                    [
                        """{"os-set_bootable":{"bootable":true}}""",
                        """{"os-set_image_metadata":{"metadata":{"os_distro":"cirros"}}}""",
                    ]
            )
                Assert.Equal(200, (await world.VolumeAsync("POST", $"/volumes/{volume}/action", said)).Status);
            var backup = await MakeAsync(world, volume);
            var target = anew ? "null" : $"\"{await world.MakeVolumeAsync()}\"";
            var body = $$$"""{"restore":{"volume_id":{{{target}}}}}""";
            var restored = await world.VolumeAsync("POST", $"{Path}/{backup}/restore", body);
            await world.SettleAsync();
            var shown = await world.VolumeAsync("GET", $"/volumes/{restored.Text("restore", "volume_id")}");
            Assert.Equal(
                "available true cirros",
                $"{shown.Text("volume", "status")} {shown.Text("volume", "bootable")} {shown.Text("volume", "volume_image_metadata", "os_distro")}"
            );
        });

    [Theory]
    [InlineData("\"backups\":0")]
    [InlineData("\"backup_gigabytes\":1")]
    public void No_more_than_its_quota_is_kept(string quota) =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync("\"size\":2");
            var limits = $"/os-quota-sets/{ComputeWorld.Mine}";
            await world.VolumeAsync("PUT", limits, $$$"""{"quota_set":{ {{{quota}}} } }""", Admin);
            Assert.Equal(413, (await BackUpAsync(world, volume)).Status);
            Assert.Equal("available", await StatusAsync(world, "volume", volume));
            Assert.Equal(0, await world.CountAsync("volume_backups"));
        });

    [Fact]
    public void An_incremental_one_stands_on_the_newest_which_stays_for_it() =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync();
            Assert.Equal(400, (await BackUpAsync(world, volume, ",\"incremental\":true")).Status);
            var full = await MakeAsync(world, volume);
            var next = await MakeAsync(world, volume, ",\"incremental\":true");
            var shown = await world.VolumeAsync("GET", $"{Path}/{next}");
            Assert.Equal(
                "True False",
                $"{shown.Text("backup", "is_incremental")} {shown.Text("backup", "has_dependent_backups")}"
            );
            Assert.Equal(400, (await world.VolumeAsync("DELETE", $"{Path}/{full}")).Status);
            var force = await world.VolumeAsync("POST", $"{Path}/{full}/action", """{"os-force_delete":{}}""", Admin);
            Assert.Equal(400, force.Status);
            foreach (var id in (string[])[next, full])
            {
                Assert.Equal(202, (await world.VolumeAsync("DELETE", $"{Path}/{id}")).Status);
                await world.SettleAsync();
            }
            Assert.Equal(0, await world.CountAsync("volume_backups"));
        });

    [Fact]
    public void What_is_in_use_is_backed_up_by_force_alone() =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync();
            const string attach = """{"os-attach":{"host_name":"client","mountpoint":"/dev/vdc"}}""";
            await world.VolumeAsync("POST", $"/volumes/{volume}/action", attach);
            Assert.Equal("in-use", await StatusAsync(world, "volume", volume));
            Assert.Equal(400, (await BackUpAsync(world, volume)).Status);
            var backup = await MakeAsync(world, volume, ",\"force\":true");
            Assert.Equal("available", await StatusAsync(world, "backup", backup));
            Assert.Equal("in-use", await StatusAsync(world, "volume", volume));
        });

    [Fact]
    public void A_snapshot_is_backed_up_and_its_volume_goes_on() =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync();
            var snapshot = await world.MakeSnapshotAsync(volume);
            var made = await BackUpAsync(world, volume, $",\"snapshot_id\":\"{snapshot}\"");
            Assert.Equal("backing-up", await StatusAsync(world, "snapshot", snapshot));
            Assert.Equal("available", await StatusAsync(world, "volume", volume));
            Assert.Equal(400, (await world.VolumeAsync("DELETE", $"/snapshots/{snapshot}")).Status);
            await world.SettleAsync();
            Assert.Equal("available", await StatusAsync(world, "snapshot", snapshot));
            Assert.Equal(
                snapshot,
                (await world.VolumeAsync("GET", $"{Path}/{made.Text("backup", "id")}")).Text("backup", "snapshot_id")
            );
        });

    [Fact]
    public void One_that_fails_says_why_and_leaves_the_volume_as_it_was() =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync();
            world.Failing["ReadBackup"] = new(FaultCode.DiskFull, "the disk is full");
            var backup = (await BackUpAsync(world, volume)).Text("backup", "id");
            await world.SettleAsync();
            var shown = await world.VolumeAsync("GET", $"{Path}/{backup}");
            Assert.Equal("error", shown.Text("backup", "status"));
            Assert.Contains("the disk is full", shown.Text("backup", "fail_reason"), StringComparison.Ordinal);
            Assert.Equal("available", await StatusAsync(world, "volume", volume));
            Assert.Equal(
                400,
                (await world.VolumeAsync("POST", $"{Path}/{backup}/restore", """{"restore":{}}""")).Status
            );
            const string reset = """{"os-reset_status":{"status":"available"}}""";
            Assert.Equal(400, (await world.VolumeAsync("POST", $"{Path}/{backup}/action", reset, Admin)).Status);
        });

    [Fact]
    public void It_is_restored_into_a_volume_that_is_large_enough() =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync("\"size\":2");
            var backup = await MakeAsync(world, volume);
            var small = await world.MakeVolumeAsync();
            var large = await world.MakeVolumeAsync("\"size\":3,\"name\":\"large\"");
            Assert.Equal(400, (await RestoreAsync(world, backup, small)).Status);
            Assert.Equal(404, (await RestoreAsync(world, backup, $"{Guid.Empty}")).Status);
            var told = await RestoreAsync(world, backup, large);
            Assert.Equal(
                $"202 large {large}",
                $"{told.Status} {told.Text("restore", "volume_name")} {told.Text("restore", "volume_id")}"
            );
            Assert.Equal("restoring-backup", await StatusAsync(world, "volume", large));
            Assert.Equal("restoring", await StatusAsync(world, "backup", backup));
            Assert.Equal(400, (await RestoreAsync(world, backup, volume)).Status);
            Assert.Equal(400, (await world.VolumeAsync("DELETE", $"{Path}/{backup}")).Status);
            await world.SettleAsync();
            Assert.Equal("available", await StatusAsync(world, "volume", large));
            Assert.Equal("available", await StatusAsync(world, "backup", backup));
        });

    [Fact]
    public void A_restore_that_fails_shows_on_the_volume_and_frees_the_backup() =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync();
            var backup = await MakeAsync(world, volume);
            world.Failing["WriteBackup"] = new(FaultCode.BadRequest, "a block is damaged");
            var told = await world.VolumeAsync("POST", $"{Path}/{backup}/restore", """{"restore":{"name":"new"}}""");
            await world.SettleAsync();
            Assert.Equal("error", await StatusAsync(world, "volume", told.Text("restore", "volume_id")));
            Assert.Equal("available", await StatusAsync(world, "backup", backup));
            Assert.Equal(202, (await RestoreAsync(world, backup, volume)).Status);
            await world.SettleAsync();
            Assert.Equal("error_restoring", await StatusAsync(world, "volume", volume));
            Assert.Equal("available", await StatusAsync(world, "backup", backup));
        });

    [Fact]
    public void What_is_wrong_is_refused_and_nothing_is_written() =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync();
            (string Body, int Status)[] cases =
            [
                ("{}", 400),
                ("""{"volume_id":"x"}""", 404),
                ($$"""{"volume_id":"{{Guid.Empty}}"}""", 404),
                ($$"""{"volume_id":"{{volume}}","snapshot_id":"{{Guid.Empty}}"}""", 404),
                ($$"""{"volume_id":"{{volume}}","force":"perhaps"}""", 400),
                ($$"""{"volume_id":"{{volume}}","size":1}""", 400),
                ($$"""{"volume_id":"{{volume}}","container":""}""", 400),
            ];
            foreach (var (body, status) in cases)
            {
                var reply = await world.VolumeAsync("POST", Path, $$"""{"backup":{{body}}}""");
                Assert.Equal($"{body} {status}", $"{body} {reply.Status}");
            }
            Assert.Equal(404, (await BackUpAsync(world, volume, token: "theirs:member")).Status);
            Assert.Equal((0, 0), (await world.CountAsync("volume_backups"), await world.UsedAsync("backups")));
        });

    [Fact]
    public void Lists_are_filtered_and_sorted() =>
        InWorld(async world =>
        {
            var first = await world.MakeVolumeAsync();
            var second = await world.MakeVolumeAsync("\"size\":2");
            await MakeAsync(world, first, ",\"name\":\"a\"");
            await MakeAsync(world, second, ",\"name\":\"b\"");
            (string Query, string Names)[] cases =
            [
                ("", "b a"),
                ("?sort=name:asc", "a b"),
                ("?sort=size:asc", "a b"),
                ("?name=a", "a"),
                ($"?volume_id={second}", "b"),
                ("?status=available", "b a"),
                ("?status=error", ""),
                ("?limit=1", "b"),
                ("?offset=1", "a"),
            ];
            foreach (var (query, names) in cases)
            {
                var found = await world.VolumeAsync("GET", $"{Path}{query}");
                Assert.Equal($"{query} {names}", $"{query} {string.Join(' ', found.All("backups", "name"))}");
            }
            Assert.Empty((await world.VolumeAsync("GET", Path, token: "theirs:member")).All("backups", "id"));
        });

    private static void InWorld(Func<ComputeWorld, Task> test) =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            await test(world);
        });

    /// <summary>The host of the volumes here has the folder from now on.</summary>
    private static async Task TellFolderAsync(ComputeWorld world, BackupFolderId? folder)
    {
        var host = (await world.GetHostsAsync())[0];
        await world.Db.WriteAsync(tx =>
            tx.SaveVolumeHostAsync(
                new()
                {
                    HostId = host,
                    Name = "host-1",
                    BackupFolder = folder,
                }
            )
        );
    }

    private static Task<Reply> BackUpAsync(
        ComputeWorld world,
        string volume,
        string more = "",
        string token = "mine:member"
    ) => world.VolumeAsync("POST", Path, $$$"""{"backup":{"volume_id":"{{{volume}}}"{{{more}}} } }""", token);

    private static async Task<string> MakeAsync(ComputeWorld world, string volume, string more = "")
    {
        var made = await BackUpAsync(world, volume, more);
        Assert.Equal(202, made.Status);
        await world.SettleAsync();
        return made.Text("backup", "id");
    }

    private static Task<Reply> RestoreAsync(ComputeWorld world, string backup, string volume) =>
        world.VolumeAsync("POST", $"{Path}/{backup}/restore", $$$"""{"restore":{"volume_id":"{{{volume}}}"} }""");

    private static async Task<string> StatusAsync(ComputeWorld world, string kind, string id) =>
        (await world.VolumeAsync("GET", $"/{kind}s/{id}")).Text(kind, "status");

    private static void Matches(Reply reply, string name) =>
        Golden.Matches(reply.Golden, $"block-storage/backups/{name}");
}
