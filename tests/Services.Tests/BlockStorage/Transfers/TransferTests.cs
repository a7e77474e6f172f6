using Pipeline.Services.Tests.Compute;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.BlockStorage.Transfers;

public sealed class TransferTests
{
    private const string Path = "/os-volume-transfer";
    private const string Other = "theirs:member";

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var volume = await world.MakeVolumeAsync();
            var made = await OfferAsync(world, volume, ",\"name\":\"gift\"");
            Matches(made, "create.202.json");
            var one = $"{Path}/{made.Text("transfer", "id")}";
            Matches(await world.VolumeAsync("GET", one), "show.200.json");
            Matches(await world.VolumeAsync("GET", Path), "list.200.json");
            Matches(await world.VolumeAsync("GET", $"{Path}/detail"), "detail.200.json");
            Matches(await world.VolumeAsync("GET", $"{Path}/none"), "show.404.json");
            Matches(await AcceptAsync(world, made, "wrong"), "accept.400.json");
            Matches(await AcceptAsync(world, made), "accept.202.json");
            Matches(await world.VolumeAsync("GET", one), "show-accepted.404.json");
        });

    [Fact]
    public void The_volume_goes_with_its_snapshots_and_what_they_count_for() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var volume = await world.MakeVolumeAsync("\"size\":3");
            await world.MakeSnapshotAsync(volume);
            var made = await OfferAsync(world, volume);
            Assert.Equal("awaiting-transfer", await StatusAsync(world, volume));
            Assert.Equal(202, (await AcceptAsync(world, made)).Status);
            Assert.Equal(404, (await world.VolumeAsync("GET", $"/volumes/{volume}")).Status);
            var taken = await world.VolumeAsync("GET", $"/volumes/{volume}", token: Other);
            Assert.Equal("available", taken.Text("volume", "status"));
            Assert.Single((await world.VolumeAsync("GET", "/snapshots", token: Other)).All("snapshots", "id"));
            Assert.Equal("0 0 0", await UsageAsync(world, ComputeWorld.Mine));
            Assert.Equal("1 1 6", await UsageAsync(world, ComputeWorld.Theirs));
            Assert.Equal(404, (await AcceptAsync(world, made)).Status);
            Assert.Equal(0, await world.CountAsync("volume_transfers"));
            Assert.Equal(
                202,
                (await world.VolumeAsync("DELETE", $"/volumes/{volume}?cascade=true", token: Other)).Status
            );
            await world.SettleAsync();
            Assert.Equal("0 0 0", await UsageAsync(world, ComputeWorld.Theirs));
        });

    [Fact]
    public void Newer_clients_offer_a_volume_without_snapshots() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            const string at = "/volume-transfers";
            var volume = await world.MakeVolumeAsync();
            var body = $$$"""{"transfer":{"volume_id":"{{{volume}}}","no_snapshots":true}}""";
            Assert.Equal(404, (await world.VolumeAsync("POST", at, body, version: "3.54")).Status);
            Assert.Equal(400, (await world.VolumeAsync("POST", Path, body, version: "3.54")).Status);
            var snapshot = await world.MakeSnapshotAsync(volume);
            Assert.Equal(400, (await world.VolumeAsync("POST", at, body, version: "3.55")).Status);
            await world.VolumeAsync("DELETE", $"/snapshots/{snapshot}");
            await world.SettleAsync();
            var made = await world.VolumeAsync("POST", at, body, version: "3.55");
            Assert.Equal("202 True", $"{made.Status} {made.Text("transfer", "no_snapshots")}");
            Assert.Equal(404, (await world.VolumeAsync("GET", $"{at}/detail", version: "3.54")).Status);
            var listed = (await world.VolumeAsync("GET", $"{at}/detail", version: "3.57")).Json;
            var shown = listed.GetProperty("transfers")[0];
            Assert.Equal(ComputeWorld.Mine, shown.GetProperty("source_project_id").GetString());
            Assert.False(shown.GetProperty("accepted").GetBoolean());
            var one = $"{at}/{made.Text("transfer", "id")}";
            Assert.Equal(404, (await world.VolumeAsync("DELETE", one, version: "3.54")).Status);
            Assert.Equal(200, (await world.VolumeAsync("GET", one, version: "3.55")).Status);
            var accept = $$$"""{"accept":{"auth_key":"{{{made.Text("transfer", "auth_key")}}}"}}""";
            Assert.Equal(202, (await world.VolumeAsync("POST", $"{one}/accept", accept, Other, "3.55")).Status);
            Assert.Equal(200, (await world.VolumeAsync("GET", $"/volumes/{volume}", token: Other)).Status);
        });

    [Fact]
    public void Whoever_has_no_room_takes_nothing() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var volume = await world.MakeVolumeAsync("\"size\":3");
            var made = await OfferAsync(world, volume);
            foreach (
                var quota in (string[])
                    ["\"volumes\":0", "\"volumes\":9,\"gigabytes\":2", "\"gigabytes\":9,\"per_volume_gigabytes\":2"]
            )
            {
                var limits = $"/os-quota-sets/{ComputeWorld.Theirs}";
                var set = await world.VolumeAsync(
                    "PUT",
                    limits,
                    $$$"""{"quota_set":{ {{{quota}}} } }""",
                    VolumeCalls.Admin
                );
                Assert.Equal(200, set.Status);
                Assert.Equal(413, (await AcceptAsync(world, made)).Status);
            }
            Assert.Equal("awaiting-transfer", await StatusAsync(world, volume));
            Assert.Equal("1 0 3", await UsageAsync(world, ComputeWorld.Mine));
            Assert.Equal("0 0 0", await UsageAsync(world, ComputeWorld.Theirs));
        });

    [Fact]
    public void An_offer_that_is_taken_back_leaves_the_volume_as_it_was() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var volume = await world.MakeVolumeAsync();
            var made = await OfferAsync(world, volume);
            var one = $"{Path}/{made.Text("transfer", "id")}";
            Assert.Equal(404, (await world.VolumeAsync("DELETE", one, token: Other)).Status);
            Assert.Equal(404, (await world.VolumeAsync("GET", one, token: Other)).Status);
            Assert.Equal(400, (await world.VolumeAsync("DELETE", $"/volumes/{volume}")).Status);
            Assert.Equal(202, (await world.VolumeAsync("DELETE", one)).Status);
            Assert.Equal("available", await StatusAsync(world, volume));
            Assert.Equal(404, (await AcceptAsync(world, made)).Status);
            Assert.Equal(404, (await world.VolumeAsync("DELETE", one)).Status);
        });

    [Fact]
    public void What_is_not_available_is_not_offered() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var volume = await world.MakeVolumeAsync();
            var path = $"/volumes/{volume}/action";
            (string Body, int Status)[] wrong =
            [
                ("{}", 400),
                ("""{"volume_id":"x"}""", 404),
                ($$"""{"volume_id":"{{Guid.Empty}}"}""", 404),
                ($$"""{"volume_id":"{{volume}}","size":1}""", 400),
            ];
            foreach (var (body, status) in wrong)
            {
                var reply = await world.VolumeAsync("POST", Path, $$"""{"transfer":{{body}}}""");
                Assert.Equal($"{body} {status}", $"{body} {reply.Status}");
            }
            Assert.Equal(404, (await OfferAsync(world, volume, token: Other)).Status);
            var snapshot = await world.MakeSnapshotAsync(volume);
            const string reset = """{"os-reset_status":{"status":"error"}}""";
            await world.VolumeAsync("POST", $"/snapshots/{snapshot}/action", reset, VolumeCalls.Admin);
            Assert.Equal(400, (await OfferAsync(world, volume)).Status);
            await world.VolumeAsync("POST", path, reset, VolumeCalls.Admin);
            Assert.Equal(400, (await OfferAsync(world, volume)).Status);
            Assert.Equal(0, await world.CountAsync("volume_transfers"));
        });

    [Fact]
    public void An_offer_that_an_operator_passed_over_is_worth_nothing() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var volume = await world.MakeVolumeAsync();
            var first = await OfferAsync(world, volume);
            const string reset = """{"os-reset_status":{"status":"available"}}""";
            await world.VolumeAsync("POST", $"/volumes/{volume}/action", reset, VolumeCalls.Admin);
            Assert.Equal(400, (await AcceptAsync(world, first)).Status);
            var second = await OfferAsync(world, volume);
            Assert.Equal(404, (await AcceptAsync(world, first)).Status);
            Assert.Equal(202, (await AcceptAsync(world, second)).Status);
        });

    [Fact]
    public void The_key_is_kept_nowhere() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var made = await OfferAsync(world, await world.MakeVolumeAsync());
            var key = made.Text("transfer", "auth_key");
            var kept = await world.Db.ReadAsync(tx =>
                tx.ListAsync<string>("SELECT salt || ' ' || key_hash FROM volume_transfers")
            );
            Assert.DoesNotContain(key, Assert.Single(kept), StringComparison.Ordinal);
        });

    [Fact]
    public void An_offer_goes_with_its_volume() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var volume = await world.MakeVolumeAsync();
            var made = await OfferAsync(world, volume);
            const string force = """{"os-force_delete":{}}""";
            Assert.Equal(
                202,
                (await world.VolumeAsync("POST", $"/volumes/{volume}/action", force, VolumeCalls.Admin)).Status
            );
            await world.SettleAsync();
            Assert.Equal(404, (await AcceptAsync(world, made)).Status);
            Assert.Equal((0, 0), (await world.CountAsync("volume_transfers"), await world.CountAsync("volumes")));
        });

    private static Task<Reply> OfferAsync(
        ComputeWorld world,
        string volume,
        string more = "",
        string token = "mine:member"
    ) => world.VolumeAsync("POST", Path, $$$"""{"transfer":{"volume_id":"{{{volume}}}"{{{more}}}} }""", token);

    private static Task<Reply> AcceptAsync(ComputeWorld world, Reply made, string? key = null) =>
        world.VolumeAsync(
            "POST",
            $"{Path}/{made.Text("transfer", "id")}/accept",
            $$$"""{"accept":{"auth_key":"{{{key ?? made.Text("transfer", "auth_key")}}}"} }""",
            Other
        );

    private static async Task<string> StatusAsync(ComputeWorld world, string volume) =>
        (await world.VolumeAsync("GET", $"/volumes/{volume}")).Text("volume", "status");

    private static async Task<string> UsageAsync(ComputeWorld world, string project) =>
        $"{await world.UsedAsync("volumes", project)} {await world.UsedAsync("snapshots", project)} {await world.UsedAsync("gigabytes", project)}";

    private static void Matches(Reply reply, string name) =>
        Golden.Matches(reply.Golden, $"block-storage/transfers/{name}");
}
