using Pipeline.Services.Tests.Compute;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.BlockStorage.Snapshots;

public sealed class SnapshotTests
{
    private const string Admin = VolumeCalls.Admin;

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var volume = await world.MakeVolumeAsync("\"size\":2,\"name\":\"one\"");
            var body = $$$"""
                {"snapshot":{"volume_id":"{{{volume}}}","name":"s","description":"Before.","force":false,"metadata":{"a":"b"} } }
                """;
            var made = await world.VolumeAsync("POST", "/snapshots", body);
            Matches(made, "create.202.json");
            await world.SettleAsync();
            var path = $"/snapshots/{made.Text("snapshot", "id")}";
            Matches(await world.VolumeAsync("GET", path), "show.200.json");
            Matches(await world.VolumeAsync("GET", "/snapshots"), "list.200.json");
            Matches(await world.VolumeAsync("GET", "/snapshots/detail"), "detail.200.json");
            Matches(await world.VolumeAsync("PUT", path, """{"snapshot":{"name":"t"}}"""), "update.200.json");
            Matches(await world.VolumeAsync("GET", $"{path}/metadata"), "metadata.200.json");
            Matches(await world.VolumeAsync("DELETE", path), "delete.202.json");
            Matches(await world.VolumeAsync("GET", "/snapshots/none"), "show.404.json");
        });

    [Fact]
    public void What_is_wrong_is_refused_and_nothing_is_written() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var volume = await world.MakeVolumeAsync();
            (string Snapshot, int Status)[] cases =
            [
                ("{}", 400),
                ($$"""{"volume_id":"{{Guid.Empty}}"}""", 404),
                ("""{"volume_id":"x"}""", 404),
                ($$"""{"volume_id":"{{volume}}","force":"perhaps"}""", 400),
                ($$"""{"volume_id":"{{volume}}","size":1}""", 400),
                ($$"""{"metadata":{"a":1},"volume_id":"{{volume}}"}""", 400),
            ];
            foreach (var (snapshot, status) in cases)
            {
                var reply = await world.VolumeAsync("POST", "/snapshots", $$"""{"snapshot":{{snapshot}}}""");
                Assert.Equal($"{snapshot} {status}", $"{snapshot} {reply.Status}");
            }
            Assert.Equal((0, 0), (await world.CountAsync("volume_snapshots"), await world.UsedAsync("snapshots")));
        });

    [Fact]
    public void It_counts_and_is_counted_off() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var volume = await world.MakeVolumeAsync("\"size\":3");
            var snapshot = await world.MakeSnapshotAsync(volume);
            Assert.Equal((1, 6), (await world.UsedAsync("snapshots"), await world.UsedAsync("gigabytes")));
            Assert.Equal(400, (await world.VolumeAsync("DELETE", $"/volumes/{volume}")).Status);
            Assert.Equal(202, (await world.VolumeAsync("DELETE", $"/snapshots/{snapshot}")).Status);
            await world.SettleAsync();
            Assert.Equal((0, 3), (await world.UsedAsync("snapshots"), await world.UsedAsync("gigabytes")));
        });

    [Fact]
    public void Lists_are_filtered_and_sorted() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var first = await world.MakeVolumeAsync();
            var second = await world.MakeVolumeAsync();
            await world.MakeSnapshotAsync(first, ",\"name\":\"a\",\"metadata\":{\"k\":\"v\"}");
            await world.MakeSnapshotAsync(second, ",\"name\":\"b\"");
            (string Query, string Names)[] cases =
            [
                ("", "b a"),
                ("?sort=name:asc", "a b"),
                ("?name=a", "a"),
                ($"?volume_id={second}", "b"),
                ("?status=available", "b a"),
                ("?status=error", ""),
                ("?limit=1", "b"),
                ("?offset=1", "a"),
                ("?metadata=%7B%27k%27%3A+%27v%27%7D", "a"),
            ];
            foreach (var (query, names) in cases)
            {
                var found = await world.VolumeAsync("GET", $"/snapshots{query}");
                Assert.Equal($"{query} {names}", $"{query} {string.Join(' ', found.All("snapshots", "name"))}");
            }
        });

    [Fact]
    public void How_far_a_snapshot_is_may_be_said_while_it_is_made() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var path = $"/snapshots/{await world.MakeSnapshotAsync(await world.MakeVolumeAsync())}";
            Assert.StartsWith("400 badRequest: Provided snapshot status error", await SayAsync("error", "80%"));
            var again = """{"os-reset_status":{"status":"creating"}}""";
            Assert.Equal(202, (await world.VolumeAsync("POST", $"{path}/action", again, Admin)).Status);
            Assert.StartsWith("400 badRequest: ", await SayAsync("error", "101%"));
            Assert.StartsWith("400 badRequest: ", await SayAsync("error", "much"));
            Assert.StartsWith("400 badRequest: ", await SayAsync("deleting", "1%"));
            Assert.StartsWith("403 ", await SayAsync("error", "80%", "mine:member"));
            Assert.Equal("0%", await ProgressAsync());
            await SayAsync("error", "80%");
            Assert.Equal("80%", await ProgressAsync());
            await world.VolumeAsync("POST", $"{path}/action", """{"os-reset_status":{"status":"available"}}""", Admin);
            Assert.Equal("100%", await ProgressAsync());

            async Task<string> SayAsync(string status, string progress, string token = Admin)
            {
                var said = $$$"""{"os-update_snapshot_status":{"status":"{{{status}}}","progress":"{{{progress}}}"}}""";
                var reply = await world.VolumeAsync("POST", $"{path}/action", said, token);
                return reply.Status == 202 ? "" : reply.Fault;
            }

            async Task<string> ProgressAsync() =>
                (await world.VolumeAsync("GET", path)).Text("snapshot", "os-extended-snapshot-attributes:progress");
        });

    [Fact]
    public void Operators_reset_and_force() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var snapshot = await world.MakeSnapshotAsync(await world.MakeVolumeAsync());
            var path = $"/snapshots/{snapshot}/action";
            const string reset = """{"os-reset_status":{"status":"deleting"}}""";
            Assert.Equal(403, (await world.VolumeAsync("POST", path, reset)).Status);
            Assert.Equal(
                202,
                (await world.VolumeAsync("POST", path, """{"os-reset_status":{"status":"error"}}""", Admin)).Status
            );
            Assert.Equal(400, (await world.VolumeAsync("POST", path, """{"os-unknown":{}}""", Admin)).Status);
            Assert.Equal(202, (await world.VolumeAsync("POST", path, """{"os-force_delete":{}}""", Admin)).Status);
            await world.SettleAsync();
            Assert.Equal(0, await world.CountAsync("volume_snapshots"));
        });

    private static void Matches(Reply reply, string name) =>
        Golden.Matches(reply.Golden, $"block-storage/snapshots/{name}");
}
