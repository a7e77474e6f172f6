using Pipeline.BlockStorage.Quotas;
using Pipeline.Contracts;
using Pipeline.Services.Tests.Compute;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.BlockStorage.Quotas;

public sealed class QuotaSetTests
{
    private const string Mine = $"/os-quota-sets/{ComputeWorld.Mine}";
    private const string Class = "/os-quota-class-sets/default";
    private const string Admin = VolumeCalls.Admin;

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        ComputeWorld.Run(async world =>
        {
            await UseAsync(world);
            const string change = """{"quota_set":{"tenant_id":"x","volumes":"20","gigabytes":-1}}""";
            (string Method, string Path, string? Body, string Golden)[] cases =
            [
                ("GET", Mine, null, "show.200.json"),
                ("GET", $"{Mine}?usage=True", null, "usage.200.json"),
                ("GET", $"{Mine}/defaults", null, "defaults.200.json"),
                ("PUT", Mine, change, "update.200.json"),
                ("DELETE", Mine, null, "delete.200.json"),
                ("GET", Class, null, "class-show.200.json"),
                ("PUT", Class, """{"quota_class_set":{"volumes":7}}""", "class-update.200.json"),
            ];
            foreach (var (method, path, body, golden) in cases)
                Golden.Matches(
                    (await world.VolumeAsync(method, path, body, Admin)).Golden,
                    $"block-storage/quotas/{golden}"
                );
            Golden.Matches((await world.VolumeAsync("GET", "/limits")).Golden, "block-storage/quotas/limits.200.json");
        });

    [Fact]
    public void A_change_holds_for_that_project_until_it_is_taken_back() =>
        ComputeWorld.Run(async world =>
        {
            await world.VolumeAsync("PUT", Mine, """{"quota_set":{"volumes":20}}""", Admin);
            await world.VolumeAsync("PUT", Class, """{"quota_class_set":{"volumes":5}}""", Admin);
            Assert.Equal("20", (await world.VolumeAsync("GET", Mine)).Text("quota_set", "volumes"));
            Assert.Equal(
                "20",
                (await world.VolumeAsync("GET", "/limits")).Text("limits", "absolute", "maxTotalVolumes")
            );
            var theirs = await world.VolumeAsync("GET", $"/os-quota-sets/{ComputeWorld.Theirs}", null, Admin);
            Assert.Equal("5", theirs.Text("quota_set", "volumes"));
            Assert.Equal("5", (await world.VolumeAsync("GET", $"{Mine}/defaults")).Text("quota_set", "volumes"));
            Assert.Equal(200, (await world.VolumeAsync("DELETE", Mine, null, Admin)).Status);
            Assert.Equal("5", (await world.VolumeAsync("GET", Mine)).Text("quota_set", "volumes"));
            Assert.Equal(0, await world.CountAsync("limits"));
        });

    [Fact]
    public void A_limit_below_usage_is_refused_to_those_who_ask_that_it_be() =>
        ComputeWorld.Run(async world =>
        {
            await UseAsync(world);
            const string body = """{"quota_set":{"gigabytes":2}}""";
            Assert.Equal(
                "400 badRequest: Quota gigabytes limit must be equal or greater than existing resources. "
                    + "Current usage is 5 and the requested limit is 2.",
                (await world.VolumeAsync("PUT", $"{Mine}?skip_validation=false", body, Admin)).Fault
            );
            Assert.Equal(0, await world.CountAsync("limits"));
            Assert.Equal(200, (await world.VolumeAsync("PUT", Mine, body, Admin)).Status);
            const string none = """{"quota_set":{"gigabytes":-1}}""";
            Assert.Equal(200, (await world.VolumeAsync("PUT", $"{Mine}?skip_validation=false", none, Admin)).Status);
        });

    [Fact]
    public void What_is_wrong_is_named_and_nothing_is_written() =>
        ComputeWorld.Run(async world =>
        {
            var audits = await world.CountAsync("audit");
            (string Path, string Body, string Named)[] cases =
            [
                (Mine, """{"quota_set":{"volumes":-2}}""", "volumes"),
                (Mine, """{"quota_set":{"volumes":"many"}}""", "volumes"),
                (Mine, """{"quota_set":{"volumes":2.5}}""", "volumes"),
                (Mine, """{"quota_set":{"cores":1}}""", "cores"),
                (Mine, "{}", "quota_set"),
                ($"{Mine}?skip_validation=perhaps", """{"quota_set":{"volumes":2}}""", "skip_validation"),
                ($"/os-quota-sets/{new string('3', 32)}", """{"quota_set":{"volumes":2}}""", "Project ID 333"),
                (Class, """{"quota_class_set":{"cores":1}}""", "cores"),
                ("/os-quota-class-sets/gold", """{"quota_class_set":{"volumes":2}}""", "gold"),
            ];
            foreach (var (path, body, named) in cases)
            {
                var refused = await world.VolumeAsync("PUT", path, body, Admin);
                Assert.StartsWith("400 badRequest: ", refused.Fault);
                Assert.Contains(named, refused.Fault);
            }
            Assert.Equal(400, (await world.VolumeAsync("GET", $"{Mine}?usage=perhaps")).Status);
            Assert.Equal((0, audits), (await world.CountAsync("limits"), await world.CountAsync("audit")));
        });

    [Fact]
    public void Another_projects_is_the_admins_to_read_and_all_are_theirs_to_change() =>
        ComputeWorld.Run(async world =>
        {
            Assert.Equal(403, (await world.VolumeAsync("GET", Mine, null, "theirs:member")).Status);
            Assert.Equal(200, (await world.VolumeAsync("GET", Mine, null, Admin)).Status);
            Assert.Equal(403, (await world.VolumeAsync("PUT", Mine, """{"quota_set":{"volumes":1}}""")).Status);
            Assert.Equal(403, (await world.VolumeAsync("DELETE", Mine)).Status);
            Assert.Equal(403, (await world.VolumeAsync("GET", Class)).Status);
            Assert.Equal(403, (await world.VolumeAsync("PUT", Class, """{"quota_class_set":{}}""")).Status);
        });

    /// <summary>A volume and a snapshot of 5 GiB together.</summary>
    private static Task UseAsync(ComputeWorld world) =>
        world.Db.WriteAsync(tx =>
            VolumeQuota.ClaimAsync(
                tx,
                new ProjectId(ComputeWorld.Mine),
                (VolumeQuota.Volumes, 1),
                (VolumeQuota.Snapshots, 1),
                (VolumeQuota.Gigabytes, 5)
            )
        );
}
