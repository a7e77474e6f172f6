using System.Text;
using System.Text.Json;
using Pipeline.Contracts;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>Backups in a folder that hosts share: the volume's host writes them there, and any host that has the folder reads them.</summary>
public sealed class A_volume_is_backed_up_to_files
{
    private const string Volumes = "/volume/v3/volumes";
    private const string Backups = "/volume/v3/backups";
    private const string Empty = """{"restore": {}}""";

    /// <summary>The first two hosts have one folder, the third none.</summary>
    private static readonly CloudOptions Shared = new(Hosts: 3) { BackupFolder = name => name == "host-3" ? null : 1 };

    private static readonly CloudOptions Alone = new() { BackupFolder = _ => 1 };

    [Fact]
    public void A_chain_lies_in_the_folder_and_comes_back_on_another_host_that_has_it() =>
        TestCloud.Run(
            async cloud =>
            {
                var before = await Journey.FurnishedAsync(cloud);
                var volume = await MakeAsync(cloud, "host-1");
                var metal = cloud.Hosts[0].Metal;
                var (one, other) = (metal.Volumes[volume].Content, "something else");
                var full = await BackUpAsync(cloud, volume);
                metal.Volumes[volume] = metal.Volumes[volume] with { Content = other };
                var next = await BackUpAsync(cloud, volume, ", \"incremental\": true");
                Assert.Equal("files files", $"{await WhereAsync(cloud, full)} {await WhereAsync(cloud, next)}");
                Assert.Equal(4, cloud.BackupFolder(1).Parts.Count);
                Assert.Empty(await cloud.BackupPartsAsync());
                await cloud.Hosts[0].KillAgentAsync();
                await cloud.PassAsync(TimeSpan.FromMinutes(2));
                List<string> made = [];
                foreach (var (backup, word) in ((string, string)[])[(next, other), (full, one)])
                {
                    made.Add(await RestoreAsync(cloud, backup));
                    Assert.Equal("available", await StatusAsync(cloud, "volume", made[^1]));
                    Assert.Equal(word, cloud.Hosts[1].Metal.Volumes[made[^1]].Content); // not on the third
                }
                cloud.Hosts[0].StartAgent();
                await cloud.IdleAsync();
                await EndAsync(cloud, before, [next, full], [volume, .. made]);
            },
            options: Shared
        );

    [Fact]
    public void It_is_not_restored_where_the_folder_is_not() =>
        TestCloud.Run(
            async cloud =>
            {
                await Journey.FurnishedAsync(cloud);
                var volume = await MakeAsync(cloud, "host-1");
                var far = await MakeAsync(cloud, "host-3");
                var backup = await BackUpAsync(cloud, volume);
                var into = $$$"""{"restore": {"volume_id": "{{{far}}}"} }""";
                var refused = (await cloud.PostAsync($"{Backups}/{backup}/restore", into, cloud.Demo)).Must(400);
                Assert.Contains("does not reach the folder", refused.Body, StringComparison.Ordinal);
                Assert.Equal("available", await StatusAsync(cloud, "backup", backup));
                foreach (var host in cloud.Hosts.Take(2))
                    await host.KillAgentAsync();
                await cloud.PassAsync(TimeSpan.FromMinutes(2));
                var nowhere = await RestoreAsync(cloud, backup);
                Assert.Equal("error", await StatusAsync(cloud, "volume", nowhere));
                var told = await cloud.Store.ReadAsync(tx =>
                    tx.ListAsync<string>("SELECT user_message FROM volume_messages")
                );
                Assert.Contains("1 rejected by backup", Assert.Single(told), StringComparison.Ordinal);
                Assert.Equal("available", await StatusAsync(cloud, "backup", backup));
            },
            options: Shared
        );

    [Fact]
    public void An_order_may_name_the_place_and_a_chain_stays_in_its_own() =>
        TestCloud.Run(
            async cloud =>
            {
                await Journey.FurnishedAsync(cloud);
                var volume = await MakeAsync(cloud, "host-1");
                var far = await MakeAsync(cloud, "host-3");
                await OrderAsync(cloud, far, ", \"container\": \"files\"", 400);
                var mine = await BackUpAsync(cloud, volume, ", \"container\": \"mine\"");
                Assert.Equal("mine", await WhereAsync(cloud, mine));
                Assert.Equal(2, cloud.BackupFolder(1).Parts.Count);
                await OrderAsync(cloud, volume, ", \"incremental\": true, \"container\": \"volumebackups\"", 400);
                var stored = await BackUpAsync(cloud, volume, ", \"container\": \"volumebackups\"");
                var next = await BackUpAsync(cloud, volume, ", \"incremental\": true");
                Assert.Equal("volumebackups", await WhereAsync(cloud, stored));
                Assert.Equal("volumebackups", await WhereAsync(cloud, next));
                Assert.Equal(2, cloud.BackupFolder(1).Parts.Count);
            },
            options: Shared
        );

    [Fact]
    public void A_full_folder_shows_on_the_backup_and_keeps_nothing_of_it() =>
        TestCloud.Run(
            async cloud =>
            {
                var before = await Journey.FurnishedAsync(cloud);
                var volume = await MakeAsync(cloud);
                cloud.Faults.Begin();
                cloud.Faults.Fail(
                    new(Where.BeforeDriver, "KeepBackupPart", 2),
                    new Fault(FaultCode.DiskFull, "the backup folder is full")
                );
                var backup = await BackUpAsync(cloud, volume);
                Assert.True(cloud.Faults.Reached);
                var shown = (await cloud.GetAsync($"{Backups}/{backup}", cloud.Demo)).Must(200);
                Assert.Equal("error", shown.Text("backup", "status"));
                Assert.Contains("is full", shown.Text("backup", "fail_reason"), StringComparison.Ordinal);
                Assert.Equal("available", await StatusAsync(cloud, "volume", volume));
                Assert.Empty(cloud.BackupFolder(1).Parts);
                await EndAsync(cloud, before, [backup], [volume]);
            },
            options: Alone
        );

    /// <summary>Everything that the agent does to the folder, and whether it dies before or after.</summary>
    public static TheoryData<string, int, bool> Deaths
    {
        get
        {
            var data = new TheoryData<string, int, bool>();
            foreach (
                var (operation, nth) in ((string, int)[])
                    [("BeginBackup", 1), ("KeepBackupPart", 1), ("KeepBackupPart", 2), ("RemoveBackup", 1)]
            )
            foreach (var after in (bool[])[false, true])
                data.Add(operation, nth, after);
            return data;
        }
    }

    [Theory, MemberData(nameof(Deaths))]
    public void It_is_whole_and_goes_whole_wherever_its_agent_dies(string operation, int nth, bool after) =>
        TestCloud.Run(
            async cloud =>
            {
                var before = await Journey.FurnishedAsync(cloud);
                var volume = await MakeAsync(cloud);
                var word = cloud.Hosts[0].Metal.Volumes[volume].Content;
                cloud.Faults.Begin();
                cloud.Faults.Kill(new(after ? Where.AfterDriver : Where.BeforeDriver, operation, nth));
                var backup = await BackUpAsync(cloud, volume);
                Assert.Equal("available", await StatusAsync(cloud, "backup", backup));
                Assert.Equal(2, cloud.BackupFolder(1).Parts.Count);
                var made = await RestoreAsync(cloud, backup);
                Assert.Equal(word, cloud.Hosts[0].Metal.Volumes[made].Content);
                await EndAsync(cloud, before, [backup], [volume, made]);
                Assert.True(cloud.Faults.Reached);
            },
            options: Alone
        );

    [Fact]
    public void A_delete_waits_for_a_host_that_has_the_folder() =>
        TestCloud.Run(
            async cloud =>
            {
                var before = await Journey.FurnishedAsync(cloud);
                var volume = await MakeAsync(cloud);
                var backup = await BackUpAsync(cloud, volume);
                await cloud.Hosts[0].KillAgentAsync();
                await cloud.PassAsync(TimeSpan.FromMinutes(2));
                (await cloud.DeleteAsync($"{Backups}/{backup}", cloud.Demo)).Must(202);
                await cloud.PassAsync(TimeSpan.FromMinutes(10));
                Assert.Equal("deleting", await StatusAsync(cloud, "backup", backup));
                cloud.Hosts[0].StartAgent();
                await cloud.IdleAsync();
                await EndAsync(cloud, before, [], [volume]);
            },
            options: Alone
        );

    [Fact]
    public void Parts_of_no_backup_are_swept_away_and_what_is_whole_is_not() =>
        TestCloud.Run(
            async cloud =>
            {
                await Journey.FurnishedAsync(cloud);
                var backup = await BackUpAsync(cloud, await MakeAsync(cloud));
                var folder = cloud.BackupFolder(1);
                folder.Put("f01de000-0000-4000-8000-000000000001", "manifest", [1]); // it may be imported yet
                var standing = folder.Parts.Keys.ToList();
                folder.Put($"{Guid.Empty}", new string('0', 64), [1]);
                await cloud.PassAsync(TimeSpan.FromHours(3));
                Assert.Equal(standing, folder.Parts.Keys);
                Assert.Equal("available", await StatusAsync(cloud, "backup", backup));
            },
            options: Alone
        );

    [Fact]
    public void One_that_the_database_has_lost_is_imported_from_its_folder() =>
        TestCloud.Run(
            async cloud =>
            {
                await Journey.FurnishedAsync(cloud);
                var volume = await MakeAsync(cloud);
                var word = cloud.Hosts[0].Metal.Volumes[volume].Content;
                var backup = await BackUpAsync(cloud, volume);
                var told = (await cloud.GetAsync($"{Backups}/{backup}/export_record", cloud.Admin)).Must(200);
                Assert.Equal("pipeline.files", told.Text("backup-record", "backup_service"));
                await cloud.LoseBackupAsync(backup);
                var elsewhere = told.Body.Replace("pipeline.files", "pipeline.blobs", StringComparison.Ordinal);
                (await cloud.PostAsync($"{Backups}/import_record", elsewhere, cloud.Admin)).Must(400);
                var list = cloud.BackupFolder(1).Parts[$"{backup}/manifest"];
                cloud.BackupFolder(1).Parts[$"{backup}/manifest"] = Encoding.UTF8.GetBytes("another");
                (await cloud.PostAsync($"{Backups}/import_record", told.Body, cloud.Admin)).Must(400);
                cloud.BackupFolder(1).Parts.Remove($"{backup}/manifest");
                (await cloud.PostAsync($"{Backups}/import_record", told.Body, cloud.Admin)).Must(400);
                cloud.BackupFolder(1).Parts[$"{backup}/manifest"] = list;
                (await cloud.PostAsync($"{Backups}/import_record", told.Body, cloud.Admin)).Must(201);
                var restored = await cloud.PostAsync($"{Backups}/{backup}/restore", Empty, cloud.Admin);
                await cloud.IdleAsync();
                var made = restored.Must(202).Text("restore", "volume_id");
                Assert.Equal(word, cloud.Hosts[0].Metal.Volumes[made].Content);
            },
            options: Alone
        );

    /// <summary>A volume with an image, on the host if one is named.</summary>
    private static async Task<string> MakeAsync(TestCloud cloud, string? host = null)
    {
        foreach (var other in cloud.Hosts.Where(h => host is not null && h.Name != host))
            await EnableAsync(cloud, other, "disable");
        var order = $$$"""{"volume": {"name": "v", "size": 1, "imageRef": "{{{cloud.Image}}}"} }""";
        var answer = await cloud.PostAsync(Volumes, order, cloud.Demo);
        await cloud.IdleAsync();
        foreach (var other in cloud.Hosts.Where(h => host is not null && h.Name != host))
            await EnableAsync(cloud, other, "enable");
        return answer.Must(202).Text("volume", "id");
    }

    private static async Task EnableAsync(TestCloud cloud, TestHost host, string action)
    {
        var body = $$"""{"host": "{{host.Name}}@local", "binary": "cinder-volume"}""";
        (await cloud.PutAsync($"/volume/v3/os-services/{action}", body, cloud.Admin)).Must(200);
    }

    private static async Task<string> OrderAsync(TestCloud cloud, string volume, string more, int status)
    {
        var order = $$$"""{"backup": {"volume_id": "{{{volume}}}"{{{more}}} } }""";
        var answer = (await cloud.PostAsync(Backups, order, cloud.Demo)).Must(status);
        await cloud.IdleAsync();
        return answer.Body;
    }

    private static async Task<string> BackUpAsync(TestCloud cloud, string volume, string more = "")
    {
        using var made = JsonDocument.Parse(await OrderAsync(cloud, volume, more, 202));
        return made.RootElement.GetProperty("backup").GetProperty("id").GetString()!;
    }

    private static async Task<string> RestoreAsync(TestCloud cloud, string backup)
    {
        var told = (await cloud.PostAsync($"{Backups}/{backup}/restore", Empty, cloud.Demo)).Must(202);
        await cloud.IdleAsync();
        return told.Text("restore", "volume_id");
    }

    private static async Task<string> WhereAsync(TestCloud cloud, string backup) =>
        (await cloud.GetAsync($"{Backups}/{backup}", cloud.Demo)).Must(200).Text("backup", "container");

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
