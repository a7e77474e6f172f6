using Pipeline.Testing;

namespace Pipeline.Services.Tests.Compute.Quotas;

public sealed class QuotaClassSetTests
{
    private const string Default = "/os-quota-class-sets/default";
    private const string Admin = "theirs:admin";

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        ComputeWorld.Run(async world =>
        {
            Golden.Matches((await world.GetAsync(Default, Admin)).Golden, "compute/quotas/class-show.200.json");
            var changed = await world.PutAsync(Default, """{"quota_class_set":{"cores":"40","ram":-1}}""", Admin);
            Golden.Matches(changed.Golden, "compute/quotas/class-update.200.json");
        });

    [Fact]
    public void A_change_holds_for_every_project_without_a_limit_of_its_own() =>
        ComputeWorld.Run(async world =>
        {
            var mine = $"/os-quota-sets/{ComputeWorld.Mine}";
            await world.PutAsync($"/os-quota-sets/{ComputeWorld.Theirs}", """{"quota_set":{"instances":4}}""", Admin);
            await world.PutAsync(Default, """{"quota_class_set":{"instances":0}}""", Admin);
            Assert.Equal("0", (await world.GetAsync(mine)).Text("quota_set", "instances"));
            Assert.Equal("0", (await world.GetAsync($"{mine}/defaults")).Text("quota_set", "instances"));
            Assert.StartsWith("403 forbidden: Quota", (await world.PostAsync("/servers", world.Order())).Fault);
            var theirs = await world.GetAsync($"/os-quota-sets/{ComputeWorld.Theirs}", Admin);
            Assert.Equal("4", theirs.Text("quota_set", "instances"));
        });

    [Fact]
    public void It_is_for_admins_and_what_is_wrong_is_named() =>
        ComputeWorld.Run(async world =>
        {
            Assert.Equal(403, (await world.GetAsync(Default)).Status);
            Assert.Equal(403, (await world.PutAsync(Default, """{"quota_class_set":{}}""")).Status);
            (string Path, string Body, string Named)[] cases =
            [
                (Default, """{"quota_class_set":{"volumes":1}}""", "volumes"),
                (Default, """{"quota_class_set":{"cores":-2}}""", "cores"),
                (Default, """{"quota_set":{"cores":2}}""", "quota_class_set"),
                ("/os-quota-class-sets/gold", """{"quota_class_set":{"cores":2}}""", "gold"),
            ];
            foreach (var (path, body, named) in cases)
            {
                var refused = await world.PutAsync(path, body, Admin);
                Assert.StartsWith("400 badRequest: ", refused.Fault);
                Assert.Contains(named, refused.Fault);
            }
        });
}
