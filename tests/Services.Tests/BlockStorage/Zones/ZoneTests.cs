using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Volumes;
using Pipeline.BlockStorage.Zones;
using Pipeline.Contracts;
using Pipeline.Contracts.Hosts;
using Pipeline.Contracts.Identity;
using Pipeline.Contracts.Image;
using Pipeline.Durable;
using Pipeline.Services.Tests.Compute;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.BlockStorage.Zones;

/// <summary>Storage hosts are in zones; volumes go where they were asked to be.</summary>
public sealed class ZoneTests
{
    private const string Admin = VolumeCalls.Admin;
    private const string East = ",\"availability_zone\":\"east\"";
    private const string OnDemand = ",\"migration_policy\":\"on-demand\"";

    [Fact]
    public void Zones_are_those_of_storage_hosts_and_each_host_shows_its_own() =>
        InWorld(async world =>
        {
            await world.SetHostAsync((await world.GetHostsAsync())[1], "state = 'down'");
            Golden.Matches(
                (await world.VolumeAsync("GET", "/os-availability-zone")).Golden,
                "block-storage/zones/list-several.200.json"
            );
            foreach (var list in (string[])["/os-services", "/os-hosts"])
            {
                var shown = await world.VolumeAsync("GET", list, null, Admin);
                Assert.Equal(["east", "nova"], shown.All(list[4..], "zone").Distinct().Order());
            }
        });

    [Fact]
    public void A_volume_lies_in_the_zone_that_it_names_and_else_in_the_clouds_own() =>
        InWorld(async world =>
        {
            foreach (var (more, place) in ((string, string)[])[(East, "east metal-2"), ("", "nova metal-1")])
            {
                var volume = await world.MakeVolumeAsync("\"size\":1" + more);
                Assert.StartsWith($"available {place}@", await ShownAsync(world, volume));
            }
            var listed = await world.VolumeAsync("GET", "/volumes?availability_zone=east");
            Assert.Single(listed.All("volumes", "id"));
        });

    [Fact]
    public void A_zone_that_has_no_room_or_is_not_there_is_not_exchanged_for_another() =>
        InWorld(async world =>
        {
            var refused = await world.VolumeAsync(
                "POST",
                "/volumes",
                """{"volume":{"size":1,"availability_zone":"mars"}}"""
            );
            Assert.Equal("400 badRequest: Availability zone 'mars' is invalid.", refused.Fault);
            await world.SetHostAsync((await world.GetHostsAsync())[1], "state = 'down'");
            var volume = await world.MakeVolumeAsync("\"size\":1" + East);
            Assert.StartsWith("error east", await ShownAsync(world, volume));
            var told = (await world.VolumeAsync("GET", "/messages", version: "3.3")).Body;
            Assert.Contains("1 rejected by availability zone", told, StringComparison.Ordinal);
        });

    [Fact]
    public void Where_an_operator_allows_it_a_volume_that_names_an_unknown_zone_goes_where_it_usually_would() =>
        InWorld(async world =>
        {
            var intake = new VolumeIntake(world.Get<DurableTaskClient>(), world.Get<IImages>(), new(FallsBack: true));
            var caller = (await world.Get<ITokens>().AuthenticateAsync("mine:member"))!;
            var order = NewVolume.Of(new("v", 1, null)) with { AvailabilityZone = "mars" };
            var id = new VolumeId(new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
            await world.Db.WriteAsync(tx => intake.AcceptAsync(tx, order, id, caller, new("req-1")));
            await world.SettleAsync();
            Assert.Equal("available nova metal-1@disk#disk", await ShownAsync(world, $"{id}"));
        });

    [Fact]
    public void Hosts_are_listed_by_their_zone() =>
        InWorld(async world =>
        {
            var shown = await world.VolumeAsync("GET", "/os-hosts?zone=east", null, Admin);
            Assert.Equal(["metal-2@tape", "metal-2"], shown.All("hosts", "host_name"));
            Assert.Equal(["cinder-volume", "cinder-backup"], shown.All("hosts", "service"));
        });

    [Fact]
    public void What_is_made_of_a_volume_lies_in_its_zone_and_nowhere_else() =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync("\"size\":1" + East);
            var snapshot = await world.MakeSnapshotAsync(volume);
            string[] sources = [$"\"source_volid\":\"{volume}\"", $"\"snapshot_id\":\"{snapshot}\""];
            foreach (var source in sources)
            {
                var made = await world.MakeVolumeAsync(source);
                Assert.StartsWith("available east", await ShownAsync(world, made));
                var body = $$$"""{"volume":{{{{source}}},"availability_zone":"nova"}}""";
                Assert.Equal(400, (await world.VolumeAsync("POST", "/volumes", body)).Status);
            }
        });

    [Fact]
    public void A_type_says_in_which_zones_its_volumes_may_be() =>
        InWorld(async world =>
        {
            await world.AddTypeAsync("eastern", OfZones("east,mars"));
            await world.AddTypeAsync("own", OfZones("nova"));
            await world.AddTypeAsync("lost", OfZones("mars"));
            var volume = await world.MakeVolumeAsync("\"size\":1,\"volume_type\":\"eastern\"");
            Assert.StartsWith("available east", await ShownAsync(world, volume));
            string[] wrong = ["\"volume_type\":\"lost\"", "\"volume_type\":\"eastern\",\"availability_zone\":\"nova\""];
            foreach (var order in wrong)
                Assert.Equal(
                    400,
                    (await world.VolumeAsync("POST", "/volumes", $$$"""{"volume":{"size":1,{{{order}}}}}""")).Status
                );
            Assert.Equal(400, (await RetypeAsync(world, volume, "own")).Status);
            var host = """{"os-migrate_volume":{"host":"metal-1@disk"}}""";
            Assert.Equal(400, (await ActAsync(world, volume, host, Admin)).Status);
        });

    [Fact]
    public void A_change_of_type_keeps_a_volume_in_its_zone_and_an_operator_may_take_it_elsewhere() =>
        InWorld(async world =>
        {
            await world.AddTypeAsync("disk", ",\"extra_specs\":{\"volume_backend_name\":\"disk\"}");
            var volume = await world.MakeVolumeAsync("\"size\":1" + East);
            Assert.Equal("available east metal-2@tape#tape", await ShownAsync(world, volume));
            Assert.Equal(202, (await RetypeAsync(world, volume, "disk")).Status);
            await world.SettleAsync();
            Assert.Equal("available east metal-2@tape#tape", await ShownAsync(world, volume)); // `disk` is in nova
            var host = """{"os-migrate_volume":{"host":"metal-1@disk"}}""";
            Assert.Equal(202, (await ActAsync(world, volume, host, Admin)).Status);
            await world.SettleAsync();
            Assert.Equal("available nova metal-1@disk#disk", await ShownAsync(world, volume));
        });

    [Fact]
    public void A_backup_is_made_in_the_zone_of_its_volume() =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync("\"size\":1" + East);
            Task<Reply> Backup(string more, string version) =>
                world.VolumeAsync(
                    "POST",
                    "/backups",
                    $$$"""{"backup":{"volume_id":"{{{volume}}}"{{{more}}}}}""",
                    version: version
                );
            Assert.Equal(400, (await Backup(East, "3.50")).Status);
            Assert.Equal(400, (await Backup(",\"availability_zone\":\"nova\"", "3.51")).Status);
            var made = await Backup(East, "3.51");
            Assert.Equal(202, made.Status);
            var shown = await world.VolumeAsync("GET", $"/backups/{made.Text("backup", "id")}");
            Assert.Equal("east", shown.Text("backup", "availability_zone"));
        });

    [Fact]
    public void What_lies_on_a_host_moves_zone_with_it() =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync("\"size\":1" + East);
            var facts = new Dictionary<string, string> { [HostFactNames.Zone] = "west" };
            var report = new HostReport(
                (await world.GetHostsAsync())[1],
                "metal-2",
                new(1, 1, 1, "fake", facts) { Backends = [VolumeStage.ReportOf("tape", 1000)] }
            );
            await world.Db.WriteAsync(tx => new BackendReports().HeardAsync(tx, report));
            Assert.StartsWith("available west", await ShownAsync(world, volume));
            var refused = await world.VolumeAsync("POST", "/volumes", $$$"""{"volume":{"size":1{{{East}}}}}""");
            Assert.Equal(400, refused.Status);
        });

    private static string OfZones(string zones) => $$$""","extra_specs":{"{{{VolumeZones.Spec}}}":"{{{zones}}}"}""";

    /// <summary>`disk` on the first host, which names no zone, and `tape` on one in the east.</summary>
    private static void InWorld(Func<ComputeWorld, Task> test) =>
        ComputeWorld.Run(async world =>
        {
            var (first, second) = ((await world.GetHostsAsync())[0], await world.AddHostAsync("metal-2"));
            await world.Db.WriteAsync(async tx =>
            {
                await tx.SetBackendsAsync(first, "metal-1", [VolumeStage.ReportOf("disk", 1000)]);
                await tx.SetBackendsAsync(second, "metal-2", [VolumeStage.ReportOf("tape", 2000)]);
                await tx.SetZoneAsync(second, "east");
            });
            await test(world);
        });

    private static Task<Reply> RetypeAsync(ComputeWorld world, string volume, string type) =>
        ActAsync(world, volume, $$$"""{"os-retype":{"new_type":"{{{type}}}"{{{OnDemand}}}}}""");

    private static Task<Reply> ActAsync(ComputeWorld world, string id, string body, string token = "mine:member") =>
        world.VolumeAsync("POST", $"/volumes/{id}/action", body, token);

    private static async Task<string> ShownAsync(ComputeWorld world, string id)
    {
        var shown = await world.VolumeAsync("GET", $"/volumes/{id}", null, Admin);
        return $"{Text("status")} {Text("availability_zone")} {Text("os-vol-host-attr:host")}";

        string Text(string name) => shown.Text("volume", name);
    }
}
