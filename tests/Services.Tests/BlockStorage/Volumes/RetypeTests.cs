using Pipeline.BlockStorage.Backends;
using Pipeline.Contracts;
using Pipeline.Services.Tests.Compute;

namespace Pipeline.Services.Tests.BlockStorage.Volumes;

/// <summary>Volumes get another type: where they are, or where one of that type may be.</summary>
public sealed class RetypeTests
{
    private const string Admin = VolumeCalls.Admin;
    private const string Mine = $"/os-quota-sets/{ComputeWorld.Mine}";

    [Fact]
    public void A_volume_whose_backend_meets_the_type_stays_and_is_what_it_was() =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync("\"size\":2");
            var snapshot = await world.MakeSnapshotAsync(volume);
            var (host, gold) = (await PlaceAsync(world, volume), await world.AddTypeAsync("gold", LocalOnly));
            await LimitAsync(world, "\"gigabytes_gold\":4,\"volumes_gold\":1,\"snapshots_gold\":1");
            Assert.Equal(202, (await RetypeAsync(world, volume, "gold")).Status);
            Assert.Equal("retyping", await StatusAsync(world, volume));
            Assert.Equal(413, (await OrderAsync(world, "gold")).Status); // it counts for its new type already
            await world.SettleAsync();
            var shown = await world.VolumeAsync("GET", $"/volumes/{volume}", null, Admin, "3.63");
            Assert.Equal(
                $"available gold {gold}  {host}",
                $"{shown.Text("volume", "status")} {shown.Text("volume", "volume_type")} {shown.Text("volume", "volume_type_id")} {shown.Json.GetProperty("volume").GetProperty("migration_status")} {await PlaceAsync(world, volume)}"
            );
            Assert.Equal(
                1,
                await world.CountAsync("volume_snapshots", $"id = '{snapshot}' AND volume_type_id = '{gold}'")
            );
            Assert.Equal(4, await world.UsedAsync("gigabytes"));
            Assert.Equal(0, await world.CountAsync("volume_messages"));
        });

    [Fact]
    public void One_that_may_not_move_stays_what_it_was_and_its_owner_is_told_why() =>
        InWorld(async world =>
        {
            await world.AddTypeAsync("far", OtherOnly);
            var volume = await world.MakeVolumeAsync("\"size\":1,\"volume_type\":\"near\"");
            foreach (var policy in (string[])["", ",\"migration_policy\":\"never\"", ",\"migration_policy\":null"])
            {
                Assert.Equal(202, (await RetypeAsync(world, volume, "far", policy)).Status);
                await world.SettleAsync();
                Assert.Equal("available near", await ShownAsync(world, volume));
                await world.PassAsync(TimeSpan.FromMinutes(1));
            }
            var told = await world.VolumeAsync("GET", "/messages", version: "3.5");
            Assert.Equal(3, told.All("messages", "event_id").Count(e => e == "VOLUME_VOLUME_001_003"));
            Assert.Contains("volume_backend_name", told.Body, StringComparison.Ordinal);
            Assert.Equal(
                0,
                await world.CountAsync("volumes", "retype_type_id IS NOT NULL OR other_host_id IS NOT NULL")
            );
        });

    [Fact]
    public void One_that_may_move_is_of_its_type_where_that_may_be() =>
        InWorld(async world =>
        {
            await world.AddTypeAsync("far", OtherOnly);
            var volume = await world.MakeVolumeAsync("\"size\":1,\"volume_type\":\"near\"");
            Assert.Equal(202, (await RetypeAsync(world, volume, "far", OnDemand)).Status);
            await world.SettleAsync();
            Assert.Equal("available far", await ShownAsync(world, volume));
            Assert.EndsWith("@other#other", await PlaceAsync(world, volume), StringComparison.Ordinal);
            Assert.Equal("success", await MigrationAsync(world, volume));
            Assert.Equal("0 0|1 1", await PromisedAsync(world));
            await world.VolumeAsync("DELETE", $"/volumes/{volume}");
            await world.SettleAsync();
            Assert.Equal("0 0|0 0", await PromisedAsync(world));
            Assert.Equal((0, 0), (await world.CountAsync("volumes"), await world.UsedAsync("gigabytes")));
        });

    [Theory]
    [InlineData("MakeVolume")]
    [InlineData("ReadBackup")]
    [InlineData("WriteBackup")]
    public void What_fails_on_the_way_leaves_it_whole_where_it_was(string step) =>
        InWorld(async world =>
        {
            await world.AddTypeAsync("far", OtherOnly);
            var volume = await world.MakeVolumeAsync("\"size\":1,\"volume_type\":\"near\"");
            world.Failing[step] = new(FaultCode.DiskFull, "the disk is full");
            await RetypeAsync(world, volume, "far", OnDemand);
            await world.SettleAsync();
            Assert.Equal("available near", await ShownAsync(world, volume));
            Assert.Equal("error", await MigrationAsync(world, volume));
            Assert.Equal("1 1|0 0", await PromisedAsync(world));
            Assert.Contains(
                "the disk is full",
                (await world.VolumeAsync("GET", "/messages", version: "3.5")).Body,
                StringComparison.Ordinal
            );
        });

    [Fact]
    public void What_does_not_fit_is_refused_and_nothing_is_written() =>
        InWorld(async world =>
        {
            await world.AddTypeAsync("far", OtherOnly);
            await world.AddTypeAsync("many", ",\"extra_specs\":{\"multiattach\":\"<is> True\"}");
            await world.AddTypeAsync("hidden", ",\"os-volume-type-access:is_public\":false");
            var volume = await world.MakeVolumeAsync("\"size\":1,\"volume_type\":\"near\"");
            (string Order, string Token, int Status)[] cases =
            [
                ("""{"new_type":"none"}""", "mine:member", 404),
                ("""{"new_type":"hidden"}""", "mine:member", 404),
                ("""{"new_type":"hidden"}""", Admin, 400),
                ("""{"new_type":"near"}""", "mine:member", 400),
                ("""{"new_type":"far","migration_policy":"perhaps"}""", "mine:member", 400),
                ("""{"new_type":"far","host":"x"}""", "mine:member", 400),
                ("{}", "mine:member", 400),
                ("""{"new_type":"far"}""", "theirs:member", 404),
                ("""{"new_type":"far"}""", "mine:reader", 403),
            ];
            foreach (var (order, token, status) in cases)
            {
                var reply = await ActAsync(world, volume, $$$"""{"os-retype":{{{order}}}}""", token);
                Assert.Equal($"{order} {token} {status}", $"{order} {token} {reply.Status}");
            }
            await LimitAsync(world, "\"volumes_far\":0");
            Assert.Equal(413, (await RetypeAsync(world, volume, "far", OnDemand)).Status);
            await world.MakeSnapshotAsync(volume);
            await LimitAsync(world, "\"volumes_far\":-1");
            Assert.Contains(
                "snapshots",
                (await RetypeAsync(world, volume, "far", OnDemand)).Body,
                StringComparison.Ordinal
            );
            Assert.Equal("available near", await ShownAsync(world, volume));
        });

    [Fact]
    public void One_in_use_changes_its_type_where_it_is_and_only_to_one_that_limits_its_guest_as_before() =>
        InWorld(async world =>
        {
            await world.AddTypeAsync("far", OtherOnly);
            var gold = await world.AddTypeAsync("gold");
            await world.AddTypeAsync("many", ",\"extra_specs\":{\"multiattach\":\"<is> True\"}");
            var fast = await world.AddTypeAsync("fast");
            const string specs = """{"qos_specs":{"name":"q","consumer":"front-end","total_iops_sec":"10"}}""";
            var qos = (await world.VolumeAsync("POST", "/qos-specs", specs, Admin)).Text("qos_specs", "id");
            var bind = $"/qos-specs/{qos}/associate?vol_type_id={fast}";
            Assert.Equal(202, (await world.VolumeAsync("GET", bind, null, Admin)).Status);
            var volume = await world.MakeVolumeAsync("\"size\":1,\"volume_type\":\"near\"");
            await ActAsync(world, volume, """{"os-attach":{"host_name":"client","mountpoint":"/dev/vdb"}}""");
            Assert.Equal("in-use near", await ShownAsync(world, volume));
            Assert.Equal(400, (await RetypeAsync(world, volume, "fast")).Status);
            Assert.Equal(400, (await RetypeAsync(world, volume, "many")).Status);
            Assert.Contains(
                "attached",
                (await RetypeAsync(world, volume, "far", OnDemand)).Body,
                StringComparison.Ordinal
            );
            Assert.Equal(202, (await RetypeAsync(world, volume, gold)).Status);
            Assert.Equal("retyping near", await ShownAsync(world, volume));
            await world.SettleAsync();
            Assert.Equal("in-use gold", await ShownAsync(world, volume));
        });

    [Fact]
    public void A_type_that_a_volume_is_to_have_is_not_deleted_and_the_volume_not_touched() =>
        InWorld(async world =>
        {
            var far = await world.AddTypeAsync("far", OtherOnly);
            var volume = await world.MakeVolumeAsync("\"size\":1,\"volume_type\":\"near\"");
            await RetypeAsync(world, volume, "far", OnDemand);
            Assert.Equal(400, (await world.VolumeAsync("DELETE", $"/types/{far}", null, Admin)).Status);
            foreach (
                var order in (string[])
                    [
                        """{"os-retype":{"new_type":"__DEFAULT__"}}""",
                        """{"os-extend":{"new_size":2}}""",
                        """{"os-reserve":{}}""",
                    ]
            )
                Assert.Equal(400, (await ActAsync(world, volume, order)).Status);
            Assert.Equal(400, (await world.VolumeAsync("DELETE", $"/volumes/{volume}")).Status);
            Assert.Equal(202, (await ActAsync(world, volume, """{"os-force_delete":{}}""", Admin)).Status);
            await world.SettleAsync();
            Assert.Equal(0, await world.CountAsync("volumes"));
        });

    private const string OnDemand = ",\"migration_policy\":\"on-demand\"";
    private const string OtherOnly = ",\"extra_specs\":{\"volume_backend_name\":\"other\"}";
    private const string LocalOnly = ",\"extra_specs\":{\"volume_backend_name\":\"local\"}";

    private static void InWorld(Func<ComputeWorld, Task> test) =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendsAsync("local", "other");
            await world.AddTypeAsync("near", LocalOnly);
            await test(world);
        });

    private static async Task LimitAsync(ComputeWorld world, string limits) =>
        Assert.Equal(
            200,
            (await world.VolumeAsync("PUT", Mine, $$$"""{"quota_set":{ {{{limits}}} } }""", Admin)).Status
        );

    private static Task<Reply> OrderAsync(ComputeWorld world, string type) =>
        world.VolumeAsync("POST", "/volumes", $$$"""{"volume":{"size":1,"volume_type":"{{{type}}}"}}""");

    private static Task<Reply> RetypeAsync(ComputeWorld world, string volume, string type, string more = "") =>
        ActAsync(world, volume, $$$"""{"os-retype":{"new_type":"{{{type}}}"{{{more}}}}}""");

    private static Task<Reply> ActAsync(
        ComputeWorld world,
        string volume,
        string action,
        string token = "mine:member"
    ) => world.VolumeAsync("POST", $"/volumes/{volume}/action", action, token);

    private static async Task<string> StatusAsync(ComputeWorld world, string volume) =>
        (await world.VolumeAsync("GET", $"/volumes/{volume}")).Text("volume", "status");

    private static async Task<string> ShownAsync(ComputeWorld world, string volume)
    {
        var shown = await world.VolumeAsync("GET", $"/volumes/{volume}");
        return $"{shown.Text("volume", "status")} {shown.Text("volume", "volume_type")}";
    }

    private static async Task<string> MigrationAsync(ComputeWorld world, string volume) =>
        (await world.VolumeAsync("GET", $"/volumes/{volume}", null, Admin)).Text("volume", "migration_status");

    private static async Task<string> PlaceAsync(ComputeWorld world, string volume) =>
        (await world.VolumeAsync("GET", $"/volumes/{volume}", null, Admin)).Text("volume", "os-vol-host-attr:host");

    /// <summary>GiB and volumes of each backend.</summary>
    private static async Task<string> PromisedAsync(ComputeWorld world) =>
        string.Join(
            '|',
            (await world.Db.ReadAsync(tx => tx.ListBackendsAsync())).Select(b => $"{b.ProvisionedGib} {b.Volumes}")
        );
}
