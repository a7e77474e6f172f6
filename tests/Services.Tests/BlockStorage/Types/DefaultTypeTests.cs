using Pipeline.Services.Tests.Compute;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.BlockStorage.Types;

public sealed class DefaultTypeTests
{
    private const string Mine = $"/default-types/{ComputeWorld.Mine}";
    private const string Admin = VolumeCalls.Admin;

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddTypeAsync("gold");
            (string Method, string Path, string? Body, string Golden)[] cases =
            [
                ("GET", Mine, null, "show-default.404.json"),
                ("PUT", Mine, Body("gold"), "set-default.200.json"),
                ("GET", Mine, null, "show-default.200.json"),
                ("GET", "/default-types", null, "list-default.200.json"),
                ("DELETE", Mine, null, "delete-default.204.json"),
                ("DELETE", Mine, null, "delete-default.404.json"),
            ];
            foreach (var (method, path, body, golden) in cases)
                Golden.Matches(
                    (await world.VolumeAsync(method, path, body, Admin)).Golden,
                    $"block-storage/types/{golden}"
                );
        });

    [Fact]
    public void A_volume_that_names_no_type_is_of_its_projects_own() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var gold = await world.AddTypeAsync("gold", ",\"os-volume-type-access:is_public\":false");
            await world.VolumeAsync("PUT", Mine, Body(gold), Admin);
            var made = await world.MakeVolumeAsync();
            Assert.Equal("gold", (await world.VolumeAsync("GET", $"/volumes/{made}")).Text("volume", "volume_type"));
            Assert.Equal("gold", (await world.VolumeAsync("GET", "/types/default")).Text("volume_type", "name"));
            await world.VolumeAsync("DELETE", Mine, null, Admin);
            var next = await world.MakeVolumeAsync();
            var shown = await world.VolumeAsync("GET", $"/volumes/{next}");
            Assert.Equal("__DEFAULT__", shown.Text("volume", "volume_type"));
        });

    [Fact]
    public void What_is_wrong_is_refused_and_nothing_is_written() =>
        ComputeWorld.Run(async world =>
        {
            var type = await world.AddTypeAsync("gold");
            (string Path, string Body, string Token, int Status)[] wrong =
            [
                (Mine, Body("gold"), "mine:member", 403),
                (Mine, Body("none"), Admin, 404),
                (Mine, """{"default_type":{}}""", Admin, 400),
                (Mine, """{"default_type":{"volume_type":"gold","more":1}}""", Admin, 400),
                ("/default-types/none", Body("gold"), Admin, 400),
            ];
            foreach (var (path, body, token, status) in wrong)
                Assert.Equal(status, (await world.VolumeAsync("PUT", path, body, token)).Status);
            Assert.Equal(0, await world.CountAsync("volume_default_types"));
            await world.VolumeAsync("PUT", Mine, Body("gold"), Admin);
            Assert.Equal(400, (await world.VolumeAsync("DELETE", $"/types/{type}", null, Admin)).Status);
        });

    private static string Body(string type) => $$$"""{"default_type":{"volume_type":"{{{type}}}"}}""";
}
