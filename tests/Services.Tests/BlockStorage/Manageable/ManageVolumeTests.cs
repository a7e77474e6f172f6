using Pipeline.Contracts;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Services.Tests.Compute;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.BlockStorage.Manageable;

public sealed class ManageVolumeTests
{
    private const string Path = "/manageable_volumes";
    private const string Version = "3.8";
    private const string Admin = VolumeCalls.Admin;
    private const string Local = "host-1@local#local";

    /// <summary>What the host says of it; it needs a volume of 2 GiB.</summary>
    private const string Told =
        """{"Found":[{"Name":"new","Bytes":1073741824},{"Name":"odd","Bytes":5,"Unfit":"it is a qcow2 file"}]}""";

    [Fact]
    public void What_lies_there_becomes_a_volume_of_its_size() =>
        InWorld(async world =>
        {
            var reply = await ManageAsync(world);
            Matches(reply, "manage.202.json");
            Assert.Equal("managing 0", await ShownAsync(world, reply));
            await world.SettleAsync();
            Assert.Equal("available 2", await ShownAsync(world, reply));
            Assert.Equal("1 2", await UsageAsync(world));
        });

    [Fact]
    public void One_that_fails_shows_why_counts_for_nothing_and_can_be_deleted() =>
        InWorld(async world =>
        {
            foreach (var step in (string[])["LookAtUnmanaged", "AdoptVolume"])
            {
                world.Failing[step] = new(FaultCode.NotFound, "nothing is called 'old'");
                var reply = await ManageAsync(world);
                await world.SettleAsync();
                Assert.Equal("error_managing 0", await ShownAsync(world, reply));
                Assert.Equal("1 0", await UsageAsync(world));
                var told = (await world.VolumeAsync("GET", "/messages", null, Admin, "3.3")).Json;
                Assert.Equal(
                    $"manage volume: nothing is called 'old' (step {step})",
                    told.GetProperty("messages")[0].GetProperty("user_message").GetString()
                );
                Assert.Equal(202, (await world.VolumeAsync("DELETE", $"/volumes/{IdOf(reply)}", null, Admin)).Status);
                world.Failing.Clear();
                await world.SettleAsync();
                await world.PassAsync(TimeSpan.FromMinutes(1));
                Assert.Equal("0 0", await UsageAsync(world));
            }
        });

    [Fact]
    public void What_would_be_too_much_stays_where_it_is() =>
        InWorld(async world =>
        {
            const string little = """{"quota_set":{"gigabytes":1}}""";
            await world.VolumeAsync("PUT", $"/os-quota-sets/{ComputeWorld.Theirs}", little, Admin);
            var reply = await ManageAsync(world);
            await world.SettleAsync();
            Assert.Equal("error_managing 0", await ShownAsync(world, reply));
            Assert.Equal("1 0", await UsageAsync(world));
        });

    [Fact]
    public void Bad_orders_are_refused_and_nothing_is_written() =>
        InWorld(async world =>
        {
            await world.AddTypeAsync("fast", ",\"extra_specs\":{\"volume_backend_name\":\"other\"}");
            (string More, int Status)[] wrong =
            [
                ("\"ref\":{\"source-name\":\"old\"}", 400),
                ($"\"host\":\"{Local}\"", 400),
                ($"\"host\":\"{Local}\",\"ref\":{{\"source-id\":\"old\"}}", 400),
                ($"\"host\":\"{Local}\",\"ref\":{{\"source-name\":\"old\"}},\"size\":1", 400),
                ($"\"host\":\"{Local}\",\"ref\":{{\"source-name\":\"old\"}},\"cluster\":\"c\"", 400),
                ($"\"host\":\"{Local}\",\"ref\":{{\"source-name\":\"old\"}},\"volume_type\":\"fast\"", 400),
                ($"\"host\":\"{Local}\",\"ref\":{{\"source-name\":\"old\"}},\"volume_type\":\"none\"", 404),
                ("\"host\":\"host-1@none\",\"ref\":{\"source-name\":\"old\"}", 404),
            ];
            foreach (var (more, status) in wrong)
            {
                var body = $$$"""{"volume":{{{{more}}}}}""";
                var reply = await world.VolumeAsync("POST", Path, body, Admin, Version);
                Assert.Equal($"{status} {more}", $"{reply.Status} {more}");
            }
            Assert.Equal(404, (await ManageAsync(world, version: "3.7")).Status);
            Assert.Equal(202, (await ManageAsync(world, "/os-volume-manage", "3.0")).Status);
            var member = await world.VolumeAsync("POST", Path, Order, "mine:member", Version);
            Assert.Equal(403, member.Status);
            Assert.Equal(1, await world.CountAsync("volumes"));
        });

    [Fact]
    public void A_list_tells_what_there_is_and_what_can_be_managed() =>
        InWorld(async world =>
        {
            var volume = await world.MakeVolumeAsync();
            _ = world.ListenAsync((await world.GetHostsAsync())[0], nameof(ListUnmanaged), Told);
            var at = $"?host={Uri.EscapeDataString(Local)}";
            Matches(await ListAsync(world, at), "list.200.json");
            Matches(await ListAsync(world, $"/detail{at}"), "detail.200.json");
            (string Query, string Names)[] cases =
            [
                ($"{at}&sort=reference:asc", $"new odd volume-{volume}"),
                ($"{at}&sort=size:desc&limit=1", $"volume-{volume}"),
                ($"{at}&limit=1&offset=1", "odd"),
                ($"{at}&marker=odd", "new"),
                ($"{at}&marker=none", "400"),
                ("?host=host-1%40none", "404"),
                ("", "400"),
                ("?cluster=c", "400"),
            ];
            foreach (var (query, names) in cases)
                Assert.Equal($"{query} {names}", $"{query} {NamesIn(await ListAsync(world, query))}");
            Assert.Equal(404, (await world.VolumeAsync("GET", $"{Path}{at}", null, Admin, "3.7")).Status);
            Assert.Equal(200, (await world.VolumeAsync("GET", $"/os-volume-manage{at}", null, Admin)).Status);
            Assert.Equal(403, (await world.VolumeAsync("GET", $"{Path}{at}", null, "mine:member", Version)).Status);
        });

    [Fact]
    public void A_volume_that_is_let_go_is_forgotten_and_counts_for_nothing() =>
        InWorld(async world =>
        {
            var reply = await ManageAsync(world);
            await world.SettleAsync();
            Assert.Equal(202, (await UnmanageAsync(world, IdOf(reply))).Status);
            Assert.Equal("unmanaging 2", await ShownAsync(world, reply));
            Assert.Equal(202, (await UnmanageAsync(world, IdOf(reply))).Status);
            var deleted = await world.VolumeAsync("DELETE", $"/volumes/{IdOf(reply)}", null, Admin);
            Assert.Equal(400, deleted.Status);
            await world.SettleAsync();
            Assert.Equal(404, (await UnmanageAsync(world, IdOf(reply))).Status);
            Assert.Equal("0 0", await UsageAsync(world));
            Assert.Equal(0, await world.CountAsync("removals"));
        });

    [Fact]
    public void A_volume_that_something_needs_is_not_let_go() =>
        InWorld(async world =>
        {
            var (kept, held, free) = (
                await world.MakeVolumeAsync(),
                await world.MakeVolumeAsync(),
                await world.MakeVolumeAsync()
            );
            await world.MakeSnapshotAsync(kept);
            await world.VolumeAsync("POST", $"/volumes/{held}/action", """{"os-reserve":{}}""");
            Assert.Equal(400, (await UnmanageAsync(world, kept)).Status);
            Assert.Equal(400, (await UnmanageAsync(world, held)).Status);
            Assert.Equal(403, (await UnmanageAsync(world, free, "mine:member")).Status);
            Assert.Equal(404, (await UnmanageAsync(world, "none")).Status);
            await world.VolumeAsync("POST", "/volumes", $$$"""{"volume":{"source_volid":"{{{free}}}"}}""");
            Assert.Equal(400, (await UnmanageAsync(world, free)).Status);
            await world.SettleAsync();
            Assert.Equal(202, (await UnmanageAsync(world, free)).Status);
        });

    private const string Order = $$$"""
        {"volume":{"host":"{{{Local}}}","ref":{"source-name":"old"},"name":"mine","bootable":true,"metadata":{"a":"b"} } }
        """;

    private static void InWorld(Func<ComputeWorld, Task> test) =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            await test(world);
        });

    private static Task<Reply> ManageAsync(ComputeWorld world, string path = Path, string version = Version) =>
        world.VolumeAsync("POST", path, Order, Admin, version);

    private static Task<Reply> ListAsync(ComputeWorld world, string query) =>
        world.VolumeAsync("GET", $"{Path}{query}", null, Admin, Version);

    private static Task<Reply> UnmanageAsync(ComputeWorld world, string volume, string token = Admin) =>
        world.VolumeAsync("POST", $"/volumes/{volume}/action", """{"os-unmanage":{}}""", token);

    private static string IdOf(Reply reply) => reply.Text("volume", "id");

    private static async Task<string> ShownAsync(ComputeWorld world, Reply made)
    {
        var shown = await world.VolumeAsync("GET", $"/volumes/{IdOf(made)}", null, Admin);
        var volume = shown.Json.GetProperty("volume");
        return $"{volume.GetProperty("status")} {volume.GetProperty("size")}";
    }

    /// <summary>Volumes and GiB that count against the operator's project.</summary>
    private static async Task<string> UsageAsync(ComputeWorld world)
    {
        var reply = await world.VolumeAsync("GET", $"/os-quota-sets/{ComputeWorld.Theirs}?usage=true", null, Admin);
        var set = reply.Json.GetProperty("quota_set");
        return $"{set.GetProperty("volumes").GetProperty("in_use")} {set.GetProperty("gigabytes").GetProperty("in_use")}";
    }

    private static string NamesIn(Reply reply) =>
        reply.Status != 200
            ? $"{reply.Status}"
            : string.Join(
                ' ',
                reply
                    .Json.GetProperty("manageable-volumes")
                    .EnumerateArray()
                    .Select(one => one.GetProperty("reference").GetProperty("source-name").GetString())
            );

    private static void Matches(Reply reply, string golden) =>
        Golden.Matches(reply.Golden, $"block-storage/manageable/{golden}");
}
