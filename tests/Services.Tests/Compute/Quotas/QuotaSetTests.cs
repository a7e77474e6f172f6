using Pipeline.Testing;

namespace Pipeline.Services.Tests.Compute.Quotas;

public sealed class QuotaSetTests
{
    private const string Mine = $"/os-quota-sets/{ComputeWorld.Mine}";
    private const string Admin = "theirs:admin";

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        ComputeWorld.Run(async world =>
        {
            await world.BuildAsync();
            Golden.Matches((await world.GetAsync(Mine)).Golden, "compute/quotas/show.200.json");
            Golden.Matches((await world.GetAsync($"{Mine}/detail")).Golden, "compute/quotas/detail.200.json");
            Golden.Matches((await world.GetAsync($"{Mine}/defaults")).Golden, "compute/quotas/defaults.200.json");
            var changed = await world.PutAsync(Mine, """{"quota_set":{"instances":"20","cores":-1}}""", Admin);
            Golden.Matches(changed.Golden, "compute/quotas/update.200.json");
        });

    [Fact]
    public void A_change_holds_for_that_project_alone() =>
        ComputeWorld.Run(async world =>
        {
            await world.PutAsync(Mine, """{"quota_set":{"instances":20,"force":true}}""", Admin);
            Assert.Equal("20", (await world.GetAsync(Mine)).Text("quota_set", "instances"));
            var theirs = await world.GetAsync($"/os-quota-sets/{ComputeWorld.Theirs}", Admin);
            Assert.Equal("10", theirs.Text("quota_set", "instances"));
            Assert.Equal("10", (await world.GetAsync($"{Mine}/defaults")).Text("quota_set", "instances"));
        });

    [Fact]
    public void What_is_wrong_is_named() =>
        ComputeWorld.Run(async world =>
        {
            (string, string)[] cases =
            [
                ("""{"quota_set":{"instances":-2}}""", "instances"),
                ("""{"quota_set":{"instances":"many"}}""", "instances"),
                ("""{"quota_set":{"volumes":1}}""", "volumes"),
                ("""{}""", "quota_set"),
            ];
            foreach (var (body, named) in cases)
            {
                var refused = await world.PutAsync(Mine, body, Admin);
                Assert.StartsWith("400 badRequest: ", refused.Fault);
                Assert.Contains(named, refused.Fault);
            }
        });

    [Fact]
    public void Another_projects_is_the_admins_to_read_and_all_are_theirs_to_change() =>
        ComputeWorld.Run(async world =>
        {
            Assert.Equal(403, (await world.GetAsync(Mine, "theirs:member")).Status);
            Assert.Equal(403, (await world.GetAsync($"{Mine}/detail", "theirs:member")).Status);
            Assert.Equal(200, (await world.GetAsync(Mine, Admin)).Status);
            Assert.Equal(403, (await world.PutAsync(Mine, """{"quota_set":{"instances":1}}""")).Status);
        });

    [Fact]
    public void A_project_that_is_not_there_has_no_quota() =>
        ComputeWorld.Run(async world =>
        {
            var nowhere = $"/os-quota-sets/{new string('3', 32)}";
            var said = $"400 badRequest: Project ID {new string('3', 32)} is not a valid project.";
            Assert.Equal(said, (await world.PutAsync(nowhere, """{"quota_set":{"instances":20}}""", Admin)).Fault);
            foreach (var path in (string[])[nowhere, $"{nowhere}/detail", $"{nowhere}/defaults"])
                Assert.Equal(said, (await world.GetAsync(path, Admin)).Fault);
            Assert.Equal(403, (await world.GetAsync(nowhere)).Status);
            Assert.Equal(200, (await world.GetAsync($"{nowhere}/defaults")).Status); // who may not know is told nothing
            Assert.Equal(0, await world.CountAsync("limits"));
        });

    [Fact]
    public void Limits_have_the_documented_shape_and_show_usage() =>
        ComputeWorld.Run(async world =>
        {
            await world.BuildAsync();
            Golden.Matches((await world.GetAsync("/limits")).Golden, "compute/quotas/limits.200.json");
            var own = await world.GetAsync($"/limits?tenant_id={ComputeWorld.Mine}");
            Assert.Equal("1", own.Text("limits", "absolute", "totalInstancesUsed"));
            var asAdmin = await world.GetAsync($"/limits?tenant_id={ComputeWorld.Mine}", Admin);
            Assert.Equal("512", asAdmin.Text("limits", "absolute", "totalRAMUsed"));
            var refused = await world.GetAsync($"/limits?tenant_id={ComputeWorld.Mine}", "theirs:member");
            Assert.Equal(403, refused.Status);
        });
}
