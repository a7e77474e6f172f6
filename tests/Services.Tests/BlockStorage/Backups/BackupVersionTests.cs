using Pipeline.Services.Tests.Compute;

namespace Pipeline.Services.Tests.BlockStorage.Backups;

/// <summary>What newer clients do with backups.</summary>
public sealed class BackupVersionTests
{
    private const string Path = "/backups";

    [Fact]
    public void An_owner_changes_what_a_backup_says_of_itself() =>
        InWorld(
            async (world, backup) =>
            {
                var one = $"{Path}/{backup}";
                const string named = """{"backup":{"name":"new","description":"Said."}}""";
                Assert.Equal(404, (await world.VolumeAsync("PUT", one, named, version: "3.8")).Status);
                var changed = await world.VolumeAsync("PUT", one, named, version: "3.9");
                Assert.Equal("200 new", $"{changed.Status} {changed.Text("backup", "name")}");
                const string pairs = """{"backup":{"metadata":{"a":"b"}}}""";
                Assert.Equal(400, (await world.VolumeAsync("PUT", one, pairs, version: "3.42")).Status);
                Assert.Equal(400, (await world.VolumeAsync("PUT", one, """{"backup":{}}""", version: "3.9")).Status);
                Assert.Equal(200, (await world.VolumeAsync("PUT", one, pairs, version: "3.43")).Status);
                var shown = await world.VolumeAsync("GET", one, version: "3.43");
                Assert.Equal("b", shown.Text("backup", "metadata", "a"));
                Assert.Equal("Said.", shown.Text("backup", "description"));
                Assert.Equal(404, (await world.VolumeAsync("PUT", one, named, "theirs:member", "3.9")).Status);
            }
        );

    [Fact]
    public void Each_attribute_is_shown_from_its_version_on() =>
        InWorld(
            async (world, backup) =>
            {
                (string Name, int Since, string Token)[] attributes =
                [
                    ("os-backup-project-attr:project_id", 18, VolumeCalls.Admin),
                    ("metadata", 43, "mine:member"),
                    ("user_id", 56, VolumeCalls.Admin),
                ];
                foreach (var (name, since, token) in attributes)
                foreach (var minor in (int[])[since - 1, since])
                {
                    var reply = await world.VolumeAsync("GET", $"{Path}/{backup}", null, token, $"3.{minor}");
                    var shown = reply.Json.GetProperty("backup").TryGetProperty(name, out _);
                    Assert.Equal($"{name} {minor} {minor >= since}", $"{name} {minor} {shown}");
                }
            }
        );

    [Fact]
    public void A_volume_is_made_of_a_backup() =>
        InWorld(
            async (world, backup) =>
            {
                var body = $$$"""{"volume":{"backup_id":"{{{backup}}}"}}""";
                Assert.Equal(400, (await world.VolumeAsync("POST", "/volumes", body, version: "3.46")).Status);
                var made = await world.VolumeAsync("POST", "/volumes", body, version: "3.47");
                Assert.Equal("202 2", $"{made.Status} {made.Text("volume", "size")}");
                Assert.Equal(
                    "restoring",
                    (await world.VolumeAsync("GET", $"{Path}/{backup}")).Text("backup", "status")
                );
                Assert.Equal(400, (await world.VolumeAsync("POST", "/volumes", body, version: "3.47")).Status);
                await world.SettleAsync();
                var volume = await world.VolumeAsync("GET", $"/volumes/{made.Text("volume", "id")}");
                Assert.Equal("available", volume.Text("volume", "status"));
                Assert.Equal(
                    "available",
                    (await world.VolumeAsync("GET", $"{Path}/{backup}")).Text("backup", "status")
                );
            }
        );

    [Fact]
    public void A_backup_that_does_not_fit_makes_no_volume() =>
        InWorld(
            async (world, backup) =>
            {
                (string More, string Token, int Status)[] wrong =
                [
                    ($"\"size\":1,\"backup_id\":\"{backup}\"", "mine:member", 400),
                    ($"\"imageRef\":\"{Guid.Empty}\",\"backup_id\":\"{backup}\"", "mine:member", 400),
                    ($"\"backup_id\":\"{backup}\"", "theirs:member", 404),
                    ($"\"backup_id\":\"{Guid.Empty}\"", "mine:member", 404),
                ];
                foreach (var (more, token, status) in wrong)
                {
                    var reply = await world.VolumeAsync(
                        "POST",
                        "/volumes",
                        $$$"""{"volume":{ {{{more}}} } }""",
                        token,
                        "3.47"
                    );
                    Assert.Equal($"{status} {more}", $"{reply.Status} {more}");
                }
                Assert.Equal(1, await world.CountAsync("volumes"));
            }
        );

    private static void InWorld(Func<ComputeWorld, string, Task> test) =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var volume = await world.MakeVolumeAsync("\"size\":2");
            var made = await world.VolumeAsync("POST", Path, $$$"""{"backup":{"volume_id":"{{{volume}}}"}}""");
            await world.SettleAsync();
            await test(world, made.Text("backup", "id"));
        });
}
