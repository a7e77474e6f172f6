using Pipeline.Services.Tests.Compute;

namespace Pipeline.Services.Tests.BlockStorage.Quotas;

/// <summary>Limits of volumes of one type, beside those of all.</summary>
public sealed class TypeQuotaTests
{
    private const string Mine = $"/os-quota-sets/{ComputeWorld.Mine}";
    private const string Admin = VolumeCalls.Admin;

    [Fact]
    public void No_more_volumes_of_a_type_are_made_than_it_allows() =>
        InWorld(async world =>
        {
            await LimitAsync(world, "\"volumes_gold\":1");
            await MakeGoldAsync(world);
            Assert.Equal(
                "413 overLimit: VolumeLimitExceeded: Maximum number of volumes allowed (1) exceeded for quota 'volumes_gold'.",
                (await OrderAsync(world, "gold", 1)).Fault
            );
            Assert.Equal(202, (await OrderAsync(world, "__DEFAULT__", 1)).Status);
            Assert.Equal(2, await world.CountAsync("volumes"));
            Assert.Equal((2, 2), (await world.UsedAsync("volumes"), await world.UsedAsync("gigabytes")));
        });

    [Fact]
    public void Sizes_are_of_volumes_and_snapshots_of_the_type() =>
        InWorld(async world =>
        {
            await LimitAsync(world, "\"gigabytes_gold\":3,\"snapshots_gold\":1");
            var volume = await MakeGoldAsync(world);
            await world.MakeSnapshotAsync(volume);
            Assert.Equal(413, (await OrderAsync(world, "gold", 2)).Status);
            var body = $$$"""{"snapshot":{"volume_id":"{{{volume}}}"}}""";
            Assert.Equal(413, (await world.VolumeAsync("POST", "/snapshots", body)).Status);
            var extend = $"/volumes/{volume}/action";
            Assert.Equal(413, (await world.VolumeAsync("POST", extend, """{"os-extend":{"new_size":3}}""")).Status);
            Assert.Equal(202, (await world.VolumeAsync("POST", extend, """{"os-extend":{"new_size":2}}""")).Status);
            var shown = await world.VolumeAsync("GET", $"{Mine}?usage=true");
            Assert.Equal("3", shown.Text("quota_set", "gigabytes_gold", "in_use"));
            Assert.Equal("1", shown.Text("quota_set", "snapshots_gold", "in_use"));
        });

    [Fact]
    public void Whoever_has_no_room_for_the_type_takes_no_volume_of_it() =>
        InWorld(async world =>
        {
            var volume = await MakeGoldAsync(world);
            const string theirs = $"/os-quota-sets/{ComputeWorld.Theirs}";
            await world.VolumeAsync("PUT", theirs, """{"quota_set":{"volumes_gold":0}}""", Admin);
            var offer = $$$"""{"transfer":{"volume_id":"{{{volume}}}"}}""";
            var made = await world.VolumeAsync("POST", "/os-volume-transfer", offer);
            var accept = $$$"""{"accept":{"auth_key":"{{{made.Text("transfer", "auth_key")}}}"}}""";
            var path = $"/os-volume-transfer/{made.Text("transfer", "id")}/accept";
            Assert.Equal(413, (await world.VolumeAsync("POST", path, accept, "theirs:member")).Status);
            await world.VolumeAsync("PUT", theirs, """{"quota_set":{"volumes_gold":1}}""", Admin);
            Assert.Equal(202, (await world.VolumeAsync("POST", path, accept, "theirs:member")).Status);
        });

    [Fact]
    public void A_limit_follows_its_type_and_ends_with_it() =>
        InWorld(async world =>
        {
            var type = await world.AddTypeAsync("silver");
            await LimitAsync(world, "\"volumes_silver\":7");
            await world.VolumeAsync(
                "PUT",
                "/os-quota-class-sets/default",
                """{"quota_class_set":{"snapshots_silver":4}}""",
                Admin
            );
            await world.VolumeAsync("PUT", $"/types/{type}", """{"volume_type":{"name":"bronze"}}""", Admin);
            var shown = await world.VolumeAsync("GET", Mine);
            Assert.Equal("7", shown.Text("quota_set", "volumes_bronze"));
            Assert.Equal("4", shown.Text("quota_set", "snapshots_bronze"));
            Assert.Equal(202, (await world.VolumeAsync("DELETE", $"/types/{type}", null, Admin)).Status);
            Assert.Equal(0, await world.CountAsync("limits"));
            Assert.Equal(
                400,
                (await world.VolumeAsync("PUT", Mine, """{"quota_set":{"volumes_bronze":1}}""", Admin)).Status
            );
        });

    private static void InWorld(Func<ComputeWorld, Task> test) =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            await world.AddTypeAsync("gold");
            await test(world);
        });

    private static async Task LimitAsync(ComputeWorld world, string limits)
    {
        var set = await world.VolumeAsync("PUT", Mine, $$$"""{"quota_set":{ {{{limits}}} } }""", Admin);
        Assert.Equal(200, set.Status);
    }

    private static Task<string> MakeGoldAsync(ComputeWorld world) =>
        world.MakeVolumeAsync("\"size\":1,\"volume_type\":\"gold\"");

    private static Task<Reply> OrderAsync(ComputeWorld world, string type, int gib) =>
        world.VolumeAsync("POST", "/volumes", $$$"""{"volume":{"size":{{{gib}}},"volume_type":"{{{type}}}"}}""");
}
