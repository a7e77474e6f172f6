using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests.Proof;

/// <summary>The ways of volumes and snapshots.</summary>
internal static class VolumeWays
{
    private const string Volumes = "/volume/v3/volumes";
    private const string Backups = "/volume/v3/backups";
    private const string Snapshots = "/volume/v3/snapshots";

    private static readonly CloudOptions WithFolder = new() { BackupFolder = _ => 1 };

    public static readonly IReadOnlyList<Way> All =
    [
        new("a volume is made", cloud => MakeAsync(cloud)) { Clear = ClearAsync },
        new("a volume is filled with an image", FillAsync) { Clear = ClearAsync },
        new("a volume is made of a snapshot", CloneAsync) { Prepare = PrepareSnapshotAsync, Clear = ClearAsync },
        new("a volume grows", ExtendAsync) { Prepare = PrepareAsync, Clear = ClearAsync },
        new("a volume is deleted", DeleteAsync) { Prepare = PrepareAsync, Clear = ClearAsync },
        new("a volume goes with its snapshots", CascadeAsync) { Prepare = PrepareSnapshotAsync, Clear = ClearAsync },
        new("a client attaches a volume", ConnectAsync) { Prepare = PrepareAsync, Clear = ClearAsync },
        new("a client lets go of a volume", DetachAsync) { Prepare = PrepareConnectedAsync, Clear = ClearAsync },
        new("an image is made of a volume", UploadAsync) { Prepare = PrepareAsync, Clear = ClearImagesAsync },
        new("a volume is backed up", BackUpAsync) { Prepare = PrepareAsync, Clear = ClearBackupsAsync },
        new("a snapshot is backed up", BackUpSnapshotAsync)
        {
            Prepare = PrepareSnapshotAsync,
            Clear = ClearBackupsAsync,
        },
        new("a volume that is in use is backed up", BackUpAsync)
        {
            Prepare = PrepareUseAsync,
            Clear = ClearBackupsAsync,
        },
        new("a volume is made of a backup", RestoreNewAsync)
        {
            Prepare = PrepareBackupAsync,
            Clear = ClearBackupsAsync,
        },
        new("a volume is restored", RestoreAsync) { Prepare = PrepareBackupAsync, Clear = ClearBackupsAsync },
        new("a backup is deleted", DeleteBackupAsync) { Prepare = PrepareBackupAsync, Clear = ClearBackupsAsync },
        new("a volume is backed up to files", BackUpAsync)
        {
            Prepare = PrepareAsync,
            Clear = ClearBackupsAsync,
            Cloud = WithFolder,
        },
        new("a volume is made of a backup in files", RestoreNewAsync)
        {
            Prepare = PrepareBackupAsync,
            Clear = ClearBackupsAsync,
            Cloud = WithFolder,
        },
        new("a volume is restored from files", RestoreAsync)
        {
            Prepare = PrepareBackupAsync,
            Clear = ClearBackupsAsync,
            Cloud = WithFolder,
        },
        new("a backup is deleted from its folder", DeleteBackupAsync)
        {
            Prepare = PrepareBackupAsync,
            Clear = ClearBackupsAsync,
            Cloud = WithFolder,
        },
        new("a volume moves to another host", MoveAsync)
        {
            Prepare = PrepareAsync,
            Clear = ClearAsync,
            Cloud = new CloudOptions(Hosts: 2),
        },
        new("a volume changes its type", cloud => RetypeAsync(cloud, "plain"))
        {
            Prepare = PrepareTypesAsync,
            Clear = ClearAsync,
        },
        new("a volume changes its type and moves for it", cloud => RetypeAsync(cloud, "far"))
        {
            Prepare = PrepareTypesAsync,
            Clear = ClearAsync,
            Cloud = CloudOptions.TwoBackends,
        },
        new("a snapshot is taken", SnapshotAsync) { Prepare = PrepareAsync, Clear = ClearAsync },
        new("a volume goes back to its snapshot", RevertAsync) { Prepare = PrepareSnapshotAsync, Clear = ClearAsync },
        new("a snapshot is deleted", DeleteSnapshotAsync) { Prepare = PrepareSnapshotAsync, Clear = ClearAsync },
    ];

    private static Task MakeAsync(TestCloud cloud, string more = "") =>
        PostAsync(cloud, Volumes, $$$"""{"volume": {"name": "v", "size": 2{{{more}}}} }""");

    private static Task FillAsync(TestCloud cloud) => MakeAsync(cloud, $", \"imageRef\": \"{cloud.Image}\"");

    private static async Task CloneAsync(TestCloud cloud)
    {
        var snapshot = await OneAsync(cloud, "SELECT id FROM volume_snapshots");
        var body = $$$"""{"volume": {"name": "clone", "snapshot_id": "{{{snapshot}}}"} }""";
        await PostAsync(cloud, Volumes, body);
    }

    private static async Task ExtendAsync(TestCloud cloud)
    {
        var volume = await OneAsync(cloud, "SELECT id FROM volumes");
        var answer = await cloud.InsistAsync(() =>
            cloud.PostAsync($"{Volumes}/{volume}/action", """{"os-extend": {"new_size": 3}}""", cloud.Demo)
        );
        Assert.True(answer.Status is 202 or 400, answer.Body); // 400: asked for before the connection broke
    }

    private static async Task MoveAsync(TestCloud cloud)
    {
        var elsewhere = await OneAsync(
            cloud,
            """
            SELECT host_name || '@' || name || '#' || name FROM volume_backends
            WHERE host_id NOT IN (SELECT host_id FROM volumes)
            """
        );
        await AskAsync(cloud, $$$"""{"os-migrate_volume": {"host": "{{{elsewhere}}}"} }""", cloud.Admin);
    }

    private static Task RetypeAsync(TestCloud cloud, string type) =>
        AskAsync(
            cloud,
            $$$"""{"os-retype": {"new_type": "{{{type}}}", "migration_policy": "on-demand"} }""",
            cloud.Demo
        );

    private static async Task AskAsync(TestCloud cloud, string action, CloudUser asking)
    {
        var volume = await OneAsync(cloud, "SELECT id FROM volumes");
        var answer = await cloud.InsistAsync(() => cloud.PostAsync($"{Volumes}/{volume}/action", action, asking));
        Assert.True(answer.Status is 202 or 400, answer.Body); // 400: asked for before the connection broke
    }

    /// <summary>A volume on the first backend by name, and types of this one, of that one, and of any.</summary>
    private static async Task PrepareTypesAsync(TestCloud cloud)
    {
        foreach (
            var (name, specs) in ((string, string)[])[("plain", ""), ("far", "\"volume_backend_name\": \"other\"")]
        )
        {
            var type = $$$"""{"volume_type": {"name": "{{{name}}}", "extra_specs": { {{{specs}}} } } }""";
            (await cloud.PostAsync("/volume/v3/types", type, cloud.Admin)).Must(200);
        }
        await PrepareAsync(cloud);
    }

    private static async Task UploadAsync(TestCloud cloud)
    {
        var volume = await OneAsync(cloud, "SELECT id FROM volumes");
        const string order = """{"os-volume_upload_image": {"image_name": "made"}}""";
        var answer = await cloud.InsistAsync(() => cloud.PostAsync($"{Volumes}/{volume}/action", order, cloud.Demo));
        Assert.True(answer.Status is 202 or 400, answer.Body); // 400: asked for before the connection broke
    }

    private static async Task ClearImagesAsync(TestCloud cloud)
    {
        var made = await cloud.Store.ReadAsync(tx =>
            tx.ListAsync<string>("SELECT id FROM images WHERE sender_id IS NOT NULL AND status <> 'deleted'")
        );
        foreach (var image in made)
            (await cloud.DeleteAsync($"/image/v2/images/{image}", cloud.Demo)).Must(204);
        await ClearAsync(cloud);
    }

    private static async Task BackUpAsync(TestCloud cloud)
    {
        var volume = await OneAsync(cloud, "SELECT id FROM volumes");
        await PostAsync(cloud, Backups, $$$"""{"backup": {"volume_id": "{{{volume}}}", "force": true} }""");
    }

    private static async Task BackUpSnapshotAsync(TestCloud cloud)
    {
        var volume = await OneAsync(cloud, "SELECT id FROM volumes");
        var snapshot = await OneAsync(cloud, "SELECT id FROM volume_snapshots");
        var body = $$$"""{"backup": {"volume_id": "{{{volume}}}", "snapshot_id": "{{{snapshot}}}"} }""";
        await PostAsync(cloud, Backups, body);
    }

    private static Task RestoreAsync(TestCloud cloud) => RestoreAsync(cloud, isNew: false);

    private static Task RestoreNewAsync(TestCloud cloud) => RestoreAsync(cloud, isNew: true);

    private static async Task RestoreAsync(TestCloud cloud, bool isNew)
    {
        var backup = await OneAsync(cloud, "SELECT id FROM volume_backups");
        var volume = await OneAsync(cloud, "SELECT id FROM volumes");
        var into = isNew
            ? ""
            : $$$"""
                "volume_id": "{{{volume}}}"
                """;
        var answer = await cloud.InsistAsync(() =>
            cloud.PostAsync($"{Backups}/{backup}/restore", $$$"""{"restore": { {{{into}}} } }""", cloud.Demo)
        );
        Assert.True(answer.Status is 202 or 400, answer.Body); // 400: asked for before the connection broke
    }

    private static async Task DeleteBackupAsync(TestCloud cloud) =>
        await DeleteAsync(cloud, Backups, "volume_backups", "");

    private static async Task PrepareBackupAsync(TestCloud cloud)
    {
        await PrepareAsync(cloud);
        await BackUpAsync(cloud);
        await cloud.IdleAsync();
    }

    private static async Task ClearBackupsAsync(TestCloud cloud)
    {
        foreach (var id in await cloud.Store.ReadAsync(tx => tx.ListAsync<string>("SELECT id FROM volume_backups")))
            (await cloud.DeleteAsync($"{Backups}/{id}", cloud.Demo)).Must(202);
        await ClearAsync(cloud);
    }

    private static async Task DeleteAsync(TestCloud cloud) => await DeleteAsync(cloud, Volumes, "volumes", "");

    private static async Task CascadeAsync(TestCloud cloud) =>
        await DeleteAsync(cloud, Volumes, "volumes", "?cascade=true");

    private static async Task DeleteSnapshotAsync(TestCloud cloud) =>
        await DeleteAsync(cloud, Snapshots, "volume_snapshots", "");

    private static async Task SnapshotAsync(TestCloud cloud)
    {
        var volume = await OneAsync(cloud, "SELECT id FROM volumes");
        var body = $$$"""{"snapshot": {"name": "s", "volume_id": "{{{volume}}}"} }""";
        await PostAsync(cloud, Snapshots, body);
    }

    private static async Task RevertAsync(TestCloud cloud)
    {
        var volume = await OneAsync(cloud, "SELECT id FROM volumes");
        var snapshot = await OneAsync(cloud, "SELECT id FROM volume_snapshots");
        var body = $$$"""{"revert": {"snapshot_id": "{{{snapshot}}}"} }""";
        var request = new CloudRequest("POST", $"{Volumes}/{volume}/action", System.Text.Encoding.UTF8.GetBytes(body));
        request.Headers["X-Auth-Token"] = await cloud.TokenAsync(cloud.Demo);
        request.Headers["OpenStack-API-Version"] = "volume 3.40";
        var answer = await cloud.InsistAsync(() => cloud.SendAsync(request, CancellationToken.None));
        Assert.True(answer.Status is 202 or 409, answer.Body); // 409: asked for before the connection broke
    }

    private static async Task ConnectAsync(TestCloud cloud)
    {
        var answer = await ActAsync(
            cloud,
            """{"os-initialize_connection": {"connector": {"ip": "192.0.2.3", "host": "client"}}}"""
        );
        Assert.True(answer.Status is 200 or >= 400, answer.Body); // what struck is told to the client
    }

    private static async Task DetachAsync(TestCloud cloud)
    {
        var answer = await ActAsync(cloud, """{"os-detach": {}}""");
        Assert.True(answer.Status is 202 or 400, answer.Body); // 400: asked for before the connection broke
    }

    private static async Task<CloudAnswer> ActAsync(TestCloud cloud, string action)
    {
        var volume = await OneAsync(cloud, "SELECT id FROM volumes");
        return await cloud.InsistAsync(() => cloud.PostAsync($"{Volumes}/{volume}/action", action, cloud.Demo));
    }

    private static async Task PrepareUseAsync(TestCloud cloud)
    {
        await PrepareAsync(cloud);
        await ActAsync(cloud, """{"os-attach": {"host_name": "client", "mountpoint": "/dev/vdb"}}""");
    }

    private static async Task PrepareConnectedAsync(TestCloud cloud)
    {
        await PrepareAsync(cloud);
        await ConnectAsync(cloud);
        await cloud.IdleAsync();
    }

    private static async Task PrepareAsync(TestCloud cloud)
    {
        await MakeAsync(cloud);
        await cloud.IdleAsync();
    }

    private static async Task PrepareSnapshotAsync(TestCloud cloud)
    {
        await PrepareAsync(cloud);
        await SnapshotAsync(cloud);
        await cloud.IdleAsync();
    }

    /// <summary>All that is there goes, whatever it shows: in one order, as its tenant would.</summary>
    private static async Task ClearAsync(TestCloud cloud)
    {
        const string held = "SELECT DISTINCT volume_id FROM volume_attachments";
        foreach (var volume in await cloud.Store.ReadAsync(tx => tx.ListAsync<string>(held)))
            await cloud.PostAsync($"{Volumes}/{volume}/action", """{"os-detach": {}}""", cloud.Demo);
        await cloud.IdleAsync();
        foreach (var volume in await cloud.Store.ReadAsync(tx => tx.ListAsync<string>("SELECT id FROM volumes")))
            (await cloud.DeleteAsync($"{Volumes}/{volume}?cascade=true", cloud.Demo)).Must(202);
        await cloud.IdleAsync();
    }

    private static async Task PostAsync(TestCloud cloud, string path, string body) =>
        (await cloud.PostOnceAsync(path, body)).Must(202);

    private static async Task DeleteAsync(TestCloud cloud, string path, string table, string query)
    {
        var id = await OneAsync(cloud, $"SELECT id FROM {table}");
        var answer = await cloud.InsistAsync(() => cloud.DeleteAsync($"{path}/{id}{query}", cloud.Demo));
        Assert.True(answer.Status is 202 or 404, answer.Body);
    }

    private static async Task<string> OneAsync(TestCloud cloud, string sql) =>
        Assert.Single(await cloud.Store.ReadAsync(tx => tx.ListAsync<string>(sql)));
}
