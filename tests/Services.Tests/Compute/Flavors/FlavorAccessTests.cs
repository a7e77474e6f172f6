using Pipeline.Testing.Clouds;

namespace Pipeline.Services.Tests.Compute.Flavors;

public sealed class FlavorAccessTests
{
    private const string Flavors = "/compute/v2.1/flavors";

    [Fact]
    public void A_private_flavor_is_for_the_projects_that_have_access() =>
        TestCloud.Run(async cloud =>
        {
            await cloud.FurnishAsync();
            var path = await PrivateAsync(cloud);
            (await cloud.GetAsync(path, cloud.Demo)).Must(404);
            (await cloud.GetAsync($"{path}/os-extra_specs", cloud.Demo)).Must(404);
            Assert.Equal(2, await CountAsync(cloud));
            (await cloud.PostAsync("/compute/v2.1/servers", cloud.ServerOrder(flavor: "own"), cloud.Demo)).Must(400);

            var demo = (await cloud.GetAsync("/v3/auth/projects", cloud.Demo)).Json.GetProperty("projects")[0];
            var project = demo.GetProperty("id").GetString();
            var action = $$$"""{"addTenantAccess":{"tenant":"{{{project}}}"}}""";
            var access = $$"""{"flavor_access":[{"flavor_id":"own","tenant_id":"{{project}}"}]}""";
            Assert.Equal(access, (await cloud.PostAsync($"{path}/action", action, cloud.Admin)).Must(200).Body);
            Assert.Equal(access, (await cloud.GetAsync($"{path}/os-flavor-access", cloud.Admin)).Must(200).Body);
            (await cloud.PostAsync($"{path}/action", action, cloud.Admin)).Must(409);
            (await cloud.GetAsync(path, cloud.Demo)).Must(200);
            Assert.Equal(3, await CountAsync(cloud));
            (await cloud.PostAsync("/compute/v2.1/servers", cloud.ServerOrder(flavor: "own"), cloud.Demo)).Must(202);

            var away = action.Replace("add", "remove", StringComparison.Ordinal);
            (await cloud.PostAsync($"{path}/action", away, cloud.Admin)).Must(200);
            (await cloud.PostAsync($"{path}/action", away, cloud.Admin)).Must(404);
            (await cloud.GetAsync(path, cloud.Demo)).Must(404);
        });

    [Fact]
    public void A_public_flavor_has_no_access_list() =>
        TestCloud.Run(async cloud =>
        {
            await cloud.FurnishAsync();
            (await cloud.GetAsync($"{Flavors}/small/os-flavor-access", cloud.Admin)).Must(404);
            var project = (await cloud.GetAsync("/v3/projects?name=demo", cloud.Admin)).Json.GetProperty("projects")[0];
            var action = $$$"""{"addTenantAccess":{"tenant":"{{{project.GetProperty("id")}}}"}}""";
            (await cloud.PostAsync($"{Flavors}/small/action", action, cloud.Admin)).Must(409);
            var nowhere = """{"addTenantAccess":{"tenant":"p"}}""";
            (await cloud.PostAsync($"{Flavors}/small/action", nowhere, cloud.Admin)).Must(400);
            (await cloud.PostAsync($"{Flavors}/small/action", action, cloud.Demo)).Must(403);
            (await cloud.PostAsync($"{Flavors}/small/action", """{"other":{}}""", cloud.Admin)).Must(400);
        });

    [Fact]
    public void One_extra_spec_is_shown_set_and_deleted() =>
        TestCloud.Run(async cloud =>
        {
            await cloud.FurnishAsync();
            var path = $"{Flavors}/small/os-extra_specs/a";
            (await cloud.GetAsync(path, cloud.Demo)).Must(404);
            Assert.Equal("""{"a":"1"}""", (await cloud.PutAsync(path, """{"a":"1"}""", cloud.Admin)).Must(200).Body);
            Assert.Equal("""{"a":"1"}""", (await cloud.GetAsync(path, cloud.Demo)).Must(200).Body);
            (await cloud.PutAsync(path, """{"b":"1"}""", cloud.Admin)).Must(400);
            (await cloud.PutAsync(path, """{"a":"2"}""", cloud.Demo)).Must(403);
            (await cloud.DeleteAsync(path, cloud.Admin)).Must(200);
            (await cloud.GetAsync(path, cloud.Demo)).Must(404);
        });

    private static async Task<string> PrivateAsync(TestCloud cloud)
    {
        var flavor =
            """{"flavor":{"id":"own","name":"own","vcpus":1,"ram":64,"disk":1,"os-flavor-access:is_public":false}}""";
        (await cloud.PostAsync(Flavors, flavor, cloud.Admin)).Must(200);
        return $"{Flavors}/own";
    }

    private static async Task<int> CountAsync(TestCloud cloud) =>
        (await cloud.GetAsync(Flavors, cloud.Demo)).Must(200).Json.GetProperty("flavors").GetArrayLength();
}
