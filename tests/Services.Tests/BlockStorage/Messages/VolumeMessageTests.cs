using Pipeline.Contracts;
using Pipeline.Services.Tests.Compute;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.BlockStorage.Messages;

public sealed class VolumeMessageTests
{
    private const string Path = "/messages";
    private const string Version = "3.5";

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        ComputeWorld.Run(async world =>
        {
            await MakeNowhereAsync(world);
            Matches(await SendAsync(world, "GET", Path), "list.200.json");
            var one = $"{Path}/{(await IdsAsync(world))[0]}";
            Matches(await SendAsync(world, "GET", one), "show.200.json");
            Matches(await SendAsync(world, "DELETE", one), "delete.204.json");
            Matches(await SendAsync(world, "GET", one), "show.404.json");
            Assert.Equal(404, (await world.VolumeAsync("GET", Path, version: "3.2")).Status);
        });

    [Fact]
    public void It_names_the_request_that_asked_for_what_failed() =>
        ComputeWorld.Run(async world =>
        {
            var asked = await MakeNowhereAsync(world);
            var told = (await SendAsync(world, "GET", Path)).Json.GetProperty("messages")[0];
            Assert.Equal(
                asked.Headers["X-OpenStack-Request-Id"].ToString(),
                told.GetProperty("request_id").GetString()
            );
            Assert.Equal(asked.Text("volume", "id"), told.GetProperty("resource_uuid").GetString());
            Assert.Equal("VOLUME_VOLUME_001_003", told.GetProperty("event_id").GetString());
        });

    [Fact]
    public void Each_deed_that_fails_is_told() =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync("\"size\":2");
            var kept = $$$"""{"backup":{"volume_id":"{{{volume}}}"}}""";
            var backup = (await world.VolumeAsync("POST", "/backups", kept)).Text("backup", "id");
            await world.SettleAsync();
            foreach (
                var step in (string[])
                    ["MakeVolume", "GrowVolume", "KeepSnapshot", "ReadBackup", "WriteBackup", "SendImage"]
            )
                world.Failing[step] = new(FaultCode.BadRequest, $"{step} has failed");
            var act = $"/volumes/{volume}/action";
            (string Path, string Body, string Told)[] deeds =
            [
                ("/volumes", """{"volume":{"size":1}}""", "VOLUME_VOLUME_008_012 create volume: MakeVolume has failed"),
                (
                    act,
                    """{"os-volume_upload_image":{"image_name":"i"}}""",
                    "VOLUME_VOLUME_003_004 copy volume to image: SendImage has failed"
                ),
                (
                    "/snapshots",
                    $$$"""{"snapshot":{"volume_id":"{{{volume}}}"}}""",
                    "VOLUME_VOLUME_SNAPSHOT_009_013 create snapshot: KeepSnapshot has failed"
                ),
                ("/backups", kept, "VOLUME_VOLUME_BACKUP_013_001 create backup: ReadBackup has failed"),
                (act, """{"os-extend":{"new_size":3}}""", "VOLUME_VOLUME_007_010 extend volume: GrowVolume has failed"),
            ];
            foreach (var (path, body, told) in deeds)
            {
                Assert.Equal($"202 {told}", $"{(await world.VolumeAsync("POST", path, body)).Status} {told}");
                await world.SettleAsync();
                Assert.StartsWith(told, (await ToldAsync(world))[0], StringComparison.Ordinal);
                await world.PassAsync(TimeSpan.FromMinutes(1));
            }
            world.Failing.Remove("MakeVolume", out _);
            await world.VolumeAsync("POST", $"/backups/{backup}/restore", """{"restore":{}}""");
            await world.SettleAsync();
            const string restore = "VOLUME_VOLUME_015_001 restore backup: WriteBackup has failed";
            Assert.StartsWith(restore, (await ToldAsync(world))[0], StringComparison.Ordinal);
        });

    [Fact]
    public void They_are_filtered_and_paged() =>
        ComputeWorld.Run(async world =>
        {
            var first = (await MakeNowhereAsync(world)).Text("volume", "id");
            await world.PassAsync(TimeSpan.FromMinutes(1));
            await MakeNowhereAsync(world);
            (string Query, int Count)[] cases =
            [
                ($"?resource_uuid={first}", 1),
                ("?resource_type=VOLUME", 2),
                ("?resource_type=VOLUME_BACKUP", 0),
                ("?event_id=VOLUME_VOLUME_001_003", 2),
                ("?message_level=error", 2),
                ("?request_id=none", 0),
            ];
            foreach (var (query, count) in cases)
                Assert.Equal($"{query} {count}", $"{query} {(await IdsAsync(world, query)).Count}");
            var page = await SendAsync(world, "GET", $"{Path}?limit=1");
            Assert.Single(page.All("messages", "id"));
            Assert.True(page.Json.TryGetProperty("messages_links", out _));
            var all = await IdsAsync(world);
            Assert.Equal([all[1]], await IdsAsync(world, $"?limit=1&marker={all[0]}"));
            Assert.Equal(404, (await SendAsync(world, "GET", $"{Path}?marker=none")).Status);
        });

    [Fact]
    public void Another_project_is_told_nothing() =>
        ComputeWorld.Run(async world =>
        {
            await MakeNowhereAsync(world);
            var one = $"{Path}/{(await IdsAsync(world))[0]}";
            foreach (var method in (string[])["GET", "DELETE"])
                Assert.Equal(404, (await world.VolumeAsync(method, one, null, "theirs:member", Version)).Status);
            Assert.Empty((await world.VolumeAsync("GET", Path, null, "theirs:member", Version)).All("messages", "id"));
            Assert.Single(await IdsAsync(world));
        });

    [Fact]
    public void They_are_forgotten_after_a_month() =>
        ComputeWorld.Run(async world =>
        {
            await MakeNowhereAsync(world);
            var told = (await SendAsync(world, "GET", Path)).Json.GetProperty("messages")[0];
            var (from, until) = (Time(told, "created_at"), Time(told, "guaranteed_until"));
            Assert.Equal(TimeSpan.FromDays(30), until - from);
            await world.Db.WriteAsync(async tx =>
            {
                await tx.ExecuteAsync("UPDATE volume_messages SET expires_at = @now", new { });
            });
            Assert.Empty(await IdsAsync(world));
            var sweep = new Pipeline.BlockStorage.Sweeps.ForgetVolumeMessages(world.Db);
            await sweep.RunAsync(new(new(world.Now, world.Now), IsPastDue: false));
            Assert.Equal(0, await world.CountAsync("volume_messages"));
        });

    /// <summary>A volume for which there is no backend.</summary>
    private static async Task<Reply> MakeNowhereAsync(ComputeWorld world)
    {
        var reply = await world.VolumeAsync("POST", "/volumes", """{"volume":{"size":1}}""");
        await world.SettleAsync();
        return reply;
    }

    private static void InWorld(Func<ComputeWorld, Task> test) =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            await test(world);
        });

    private static Task<Reply> SendAsync(ComputeWorld world, string method, string path) =>
        world.VolumeAsync(method, path, version: Version);

    private static async Task<IReadOnlyList<string>> IdsAsync(ComputeWorld world, string query = "") =>
        [.. (await SendAsync(world, "GET", $"{Path}{query}")).All("messages", "id")];

    private static async Task<IReadOnlyList<string>> ToldAsync(ComputeWorld world) =>
        [
            .. (await SendAsync(world, "GET", Path))
                .Json.GetProperty("messages")
                .EnumerateArray()
                .Select(m => $"{m.GetProperty("event_id")} {m.GetProperty("user_message")}"),
        ];

    private static DateTime Time(System.Text.Json.JsonElement told, string name) =>
        told.GetProperty(name).GetDateTime();

    private static void Matches(Reply reply, string golden) =>
        Golden.Matches(reply.Golden, $"block-storage/messages/{golden}");
}
