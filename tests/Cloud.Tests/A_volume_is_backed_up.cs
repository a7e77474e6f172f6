using Pipeline.Contracts;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>Backups: read on the volume's host, kept in the cloud's store, and written to volumes again.</summary>
public sealed class A_volume_is_backed_up
{
    private const string Volumes = "/volume/v3/volumes";
    private const string Backups = "/volume/v3/backups";

    [Fact]
    public void What_was_kept_comes_back_also_when_the_volume_is_gone() =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var metal = cloud.Hosts[0].Metal;
            var volume = await MakeAsync(cloud);
            var word = metal.Volumes[volume].Content;
            var backup = await BackUpAsync(cloud, volume);
            Assert.Equal(
                "available available",
                $"{await StatusAsync(cloud, "backup", backup)} {await StatusAsync(cloud, "volume", volume)}"
            );
            Assert.Equal("1", (await cloud.GetAsync($"{Backups}/{backup}", cloud.Demo)).Text("backup", "object_count"));
            (await cloud.DeleteAsync($"{Volumes}/{volume}", cloud.Demo)).Must(202);
            await cloud.IdleAsync();
            var told = (await cloud.PostAsync($"{Backups}/{backup}/restore", """{"restore": {}}""", cloud.Demo)).Must(
                202
            );
            await cloud.IdleAsync();
            var made = told.Text("restore", "volume_id");
            Assert.Equal("available", await StatusAsync(cloud, "volume", made));
            Assert.Equal(word, metal.Volumes[made].Content);
            await EndAsync(cloud, before, [backup], [made]);
        });

    [Fact]
    public void An_incremental_one_keeps_what_has_changed_and_stands_on_the_rest() =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var metal = cloud.Hosts[0].Metal;
            var volume = await MakeAsync(cloud);
            var (one, other) = (metal.Volumes[volume].Content, "something else");
            var full = await BackUpAsync(cloud, volume);
            var same = await BackUpAsync(cloud, volume, ", \"incremental\": true");
            metal.Volumes[volume] = metal.Volumes[volume] with { Content = other };
            var changed = await BackUpAsync(cloud, volume, ", \"incremental\": true");
            Assert.Equal(
                "1 0 1",
                $"{await BlocksAsync(cloud, full)} {await BlocksAsync(cloud, same)} {await BlocksAsync(cloud, changed)}"
            );
            foreach (var (kept, word) in ((string, string)[])[(same, one), (changed, other), (full, one)])
            {
                var into = $$$"""{"restore": {"volume_id": "{{{volume}}}"} }""";
                (await cloud.PostAsync($"{Backups}/{kept}/restore", into, cloud.Demo)).Must(202);
                await cloud.IdleAsync();
                Assert.Equal(word, metal.Volumes[volume].Content);
            }
            await EndAsync(cloud, before, [changed, same, full], [volume]);
        });

    [Fact]
    public void One_that_is_made_while_its_volume_goes_leaves_nothing() =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var volume = await MakeAsync(cloud);
            var order = $$$"""{"backup": {"volume_id": "{{{volume}}}"} }""";
            var backup = (await cloud.PostAsync(Backups, order, cloud.Demo)).Must(202).Text("backup", "id");
            (await cloud.DeleteAsync($"{Volumes}/{volume}", cloud.Demo)).Must(400);
            (await cloud.DeleteAsync($"{Backups}/{backup}", cloud.Demo)).Must(400);
            const string force = """{"os-force_delete": {}}""";
            (await cloud.PostAsync($"{Backups}/{backup}/action", force, cloud.Admin)).Must(202);
            await cloud.IdleAsync();
            await EndAsync(cloud, before, [], [volume]);
        });

    [Fact]
    public void Another_project_finds_nothing_of_it() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var backup = await BackUpAsync(cloud, await MakeAsync(cloud));
            var stranger = await cloud.AddUserAsync("stranger");
            (await cloud.GetAsync($"{Backups}/{backup}", stranger)).Must(404);
            (await cloud.DeleteAsync($"{Backups}/{backup}", stranger)).Must(404);
            (await cloud.PostAsync($"{Backups}/{backup}/restore", """{"restore": {}}""", stranger)).Must(404);
            Assert.Equal("[]", (await cloud.GetAsync(Backups, stranger)).Json.GetProperty("backups").GetRawText());
        });

    [Fact]
    public void No_host_reads_or_writes_what_it_was_not_told_to() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var backup = await BackUpAsync(cloud, await MakeAsync(cloud));
            var sum = new string('0', 64);
            var refused = await Assert.ThrowsAsync<Fault>(() => cloud.Hosts[0].SendPartAsync(backup, sum, [1]));
            Assert.Equal(FaultCode.NotFound, refused.Code);
            refused = await Assert.ThrowsAsync<Fault>(() => cloud.Hosts[0].FetchPartAsync(backup, "manifest"));
            Assert.Equal(FaultCode.NotFound, refused.Code);
        });

    [Fact]
    public void What_came_too_late_is_swept_away_and_what_stands_is_not() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var backup = await BackUpAsync(cloud, await MakeAsync(cloud));
            var standing = await cloud.BackupPartsAsync();
            await cloud.AddBackupPartAsync($"{Guid.Empty}/{new string('0', 64)}");
            await cloud.PassAsync(TimeSpan.FromHours(3));
            Assert.Equal(standing, await cloud.BackupPartsAsync());
            Assert.Equal("available", await StatusAsync(cloud, "backup", backup));
        });

    [Fact]
    public void One_that_the_database_has_lost_is_imported_and_comes_back() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var volume = await MakeAsync(cloud);
            var word = cloud.Hosts[0].Metal.Volumes[volume].Content;
            string[] chain =
            [
                await BackUpAsync(cloud, volume),
                await BackUpAsync(cloud, volume, ", \"incremental\": true"),
            ];
            List<string> records = [];
            foreach (var backup in chain)
            {
                (await cloud.GetAsync($"{Backups}/{backup}/export_record", cloud.Demo)).Must(403);
                var told = (await cloud.GetAsync($"{Backups}/{backup}/export_record", cloud.Admin)).Must(200);
                records.Add(told.Body);
            }
            (await cloud.PostAsync($"{Backups}/import_record", records[0], cloud.Admin)).Must(400); // it is there
            foreach (var backup in Enumerable.Reverse(chain))
                await cloud.LoseBackupAsync(backup);
            (await cloud.PostAsync($"{Backups}/import_record", records[1], cloud.Admin)).Must(400); // it stands on another
            foreach (var record in records)
                (await cloud.PostAsync($"{Backups}/import_record", record, cloud.Admin)).Must(201);
            var restored = (
                await cloud.PostAsync($"{Backups}/{chain[1]}/restore", """{"restore": {}}""", cloud.Admin)
            ).Must(202);
            await cloud.IdleAsync();
            Assert.Equal(word, cloud.Hosts[0].Metal.Volumes[restored.Text("restore", "volume_id")].Content);
            (
                await cloud.PostAsync(
                    $"{Backups}/import_record",
                    """{"backup-record": {"backup_service": "x", "backup_url": "y"}}""",
                    cloud.Admin
                )
            ).Must(400);
            (
                await cloud.PostAsync(
                    $"{Backups}/import_record",
                    """{"backup-record": {"backup_service": "pipeline.blobs", "backup_url": "y"}}""",
                    cloud.Admin
                )
            ).Must(400);
        });

    private static async Task<string> MakeAsync(TestCloud cloud)
    {
        var order = $$$"""{"volume": {"name": "v", "size": 1, "imageRef": "{{{cloud.Image}}}"} }""";
        var answer = await cloud.PostAsync(Volumes, order, cloud.Demo);
        await cloud.IdleAsync();
        return answer.Must(202).Text("volume", "id");
    }

    private static async Task<string> BackUpAsync(TestCloud cloud, string volume, string more = "")
    {
        var order = $$$"""{"backup": {"volume_id": "{{{volume}}}"{{{more}}} } }""";
        var answer = await cloud.PostAsync(Backups, order, cloud.Demo);
        await cloud.IdleAsync();
        return answer.Must(202).Text("backup", "id");
    }

    private static async Task<string> BlocksAsync(TestCloud cloud, string backup) =>
        (await cloud.GetAsync($"{Backups}/{backup}", cloud.Demo)).Must(200).Text("backup", "object_count");

    private static async Task<string> StatusAsync(TestCloud cloud, string kind, string id) =>
        (await cloud.GetAsync($"/volume/v3/{kind}s/{id}", cloud.Demo)).Must(200).Text(kind, "status");

    private static async Task EndAsync(TestCloud cloud, Holdings before, string[] backups, string[] volumes)
    {
        foreach (var backup in backups)
        {
            (await cloud.DeleteAsync($"{Backups}/{backup}", cloud.Demo)).Must(202);
            await cloud.IdleAsync();
        }
        foreach (var volume in volumes)
            (await cloud.DeleteAsync($"{Volumes}/{volume}", cloud.Demo)).Must(202);
        await cloud.IdleAsync();
        Assert.Equal($"{before}", $"{await cloud.ResourcesAsync()}");
    }
}
