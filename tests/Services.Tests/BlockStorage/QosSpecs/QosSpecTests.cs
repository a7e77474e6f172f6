using Pipeline.Services.Tests.Compute;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.BlockStorage.QosSpecs;

public sealed class QosSpecTests
{
    private const string Admin = VolumeCalls.Admin;

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        ComputeWorld.Run(async world =>
        {
            const string body =
                """{"qos_specs":{"name":"gold","consumer":"front-end","total_iops_sec":"1000","read_bytes_sec":"2000"}}""";
            var made = await world.VolumeAsync("POST", "/qos-specs", body, Admin);
            Matches(made, "create.200.json");
            var path = $"/qos-specs/{made.Text("qos_specs", "id")}";
            var type = await world.AddTypeAsync("a");
            (string Method, string Path, string? Body, string Golden)[] cases =
            [
                ("GET", path, null, "show.200.json"),
                ("GET", "/qos-specs", null, "list.200.json"),
                ("GET", "/qos-specs?limit=1", null, "list-page.200.json"),
                ("PUT", path, """{"qos_specs":{"consumer":"both","total_iops_sec":"5"}}""", "update.200.json"),
                ("PUT", $"{path}/delete_keys", """{"keys":["read_bytes_sec"]}""", "delete-keys.202.json"),
                ("GET", path, null, "show-changed.200.json"),
                ("GET", $"{path}/associate?vol_type_id={type}", null, "associate.202.json"),
                ("GET", $"{path}/associations", null, "associations.200.json"),
                ("GET", $"/types/{type}", null, "type.200.json"),
                ("GET", $"{path}/disassociate?vol_type_id={type}", null, "disassociate.202.json"),
                ("DELETE", path, null, "delete.202.json"),
                ("GET", path, null, "show.404.json"),
            ];
            foreach (var (method, at, sent, golden) in cases)
                Matches(await world.VolumeAsync(method, at, sent, Admin), golden);
        });

    [Fact]
    public void What_is_wrong_is_named_and_nothing_is_written() =>
        ComputeWorld.Run(async world =>
        {
            var path = $"/qos-specs/{await AddAsync(world, "gold", ""","a":"b" """)}";
            var audits = await world.CountAsync("audit");
            (string Method, string Path, string Body, string Fault)[] cases =
            [
                (
                    "POST",
                    "/qos-specs",
                    """{"qos_specs":{"a":"b"}}""",
                    "400 badRequest: Invalid input: field qos_specs.name"
                ),
                ("POST", "/qos-specs", """{"qos_specs":{"name":" "}}""", "400 badRequest: "),
                ("POST", "/qos-specs", """{"qos_specs":{"name":"x","consumer":"guest"}}""", "400 badRequest: "),
                ("POST", "/qos-specs", """{"qos_specs":{"name":"x","ü":"y"}}""", "400 badRequest: "),
                ("POST", "/qos-specs", """{"qos_specs":{"name":"gold"}}""", "409 conflictingRequest: QoS Specs gold"),
                ("PUT", path, """{"qos_specs":{"consumer":"guest"}}""", "400 badRequest: "),
                ("PUT", path, """{"qos_specs":{"a":{}}}""", "400 badRequest: "),
                ("PUT", $"{path}/delete_keys", """{"keys":[]}""", "400 badRequest: "),
                ("PUT", $"{path}/delete_keys", """{"keys":["a","c"]}""", "404 itemNotFound: QoS spec "),
                ("PUT", "/qos-specs/none", """{"qos_specs":{"a":"c"}}""", "404 itemNotFound: No such QoS spec none."),
                ("DELETE", $"{path}?force=perhaps", "", "400 badRequest: "),
                ("GET", $"{path}/associate", "", "400 badRequest: Volume Type id must not be None."),
                ("GET", $"{path}/associate?vol_type_id=none", "", "404 itemNotFound: Volume type none"),
                ("GET", $"{path}/disassociate?vol_type_id=none", "", "404 itemNotFound: Volume type none"),
                ("GET", "/qos-specs/none/disassociate_all", "", "404 itemNotFound: No such QoS spec none."),
                ("GET", "/qos-specs/none/associations", "", "404 itemNotFound: No such QoS spec none."),
            ];
            foreach (var (method, at, body, fault) in cases)
                Assert.StartsWith(fault, (await world.VolumeAsync(method, at, body, Admin)).Fault);
            Assert.Equal((1, audits), (await world.CountAsync("volume_qos_specs"), await world.CountAsync("audit")));
            var kept = await world.VolumeAsync("GET", path, null, Admin);
            Assert.Equal("""{"a":"b"}""", kept.Text("qos_specs", "specs"));
        });

    [Fact]
    public void A_type_has_one_and_they_stay_while_they_hold_for_one() =>
        ComputeWorld.Run(async world =>
        {
            var (type, other) = (await world.AddTypeAsync("a"), await world.AddTypeAsync("b"));
            var gold = $"/qos-specs/{await AddAsync(world, "gold")}";
            var silver = $"/qos-specs/{await AddAsync(world, "silver")}";
            foreach (var one in (string[])[type, type, other])
                Assert.Equal(202, (await AskAsync(world, $"{gold}/associate?vol_type_id={one}")).Status);
            Assert.Equal(
                $"400 badRequest: Invalid volume type: Type {type} is already associated with another qos specs: {gold[11..]}",
                (await AskAsync(world, $"{silver}/associate?vol_type_id={type}")).Fault
            );
            Assert.Equal(202, (await AskAsync(world, $"{silver}/disassociate?vol_type_id={type}")).Status);
            Assert.Equal(["a", "b"], (await AskAsync(world, $"{gold}/associations")).All("qos_associations", "name"));
            Assert.StartsWith("400 badRequest: ", (await world.VolumeAsync("DELETE", gold, null, Admin)).Fault);
            Assert.Equal(202, (await AskAsync(world, $"{gold}/disassociate_all")).Status);
            Assert.Equal([], (await AskAsync(world, $"{gold}/associations")).All("qos_associations", "name"));
            await AskAsync(world, $"{silver}/associate?vol_type_id={type}");
            Assert.Equal(202, (await world.VolumeAsync("DELETE", $"{silver}?force=true", null, Admin)).Status);
            Assert.Equal(0, await world.CountAsync("volume_types", "qos_specs_id IS NOT NULL"));
            Assert.Equal(202, (await world.VolumeAsync("DELETE", gold, null, Admin)).Status);
        });

    [Fact]
    public void They_are_for_admins_alone() =>
        ComputeWorld.Run(async world =>
        {
            var path = $"/qos-specs/{await AddAsync(world, "gold")}";
            (string Method, string Path)[] all =
            [
                ("GET", "/qos-specs"),
                ("POST", "/qos-specs"),
                ("GET", path),
                ("PUT", path),
                ("DELETE", path),
                ("PUT", $"{path}/delete_keys"),
                ("GET", $"{path}/associations"),
                ("GET", $"{path}/associate"),
                ("GET", $"{path}/disassociate"),
                ("GET", $"{path}/disassociate_all"),
            ];
            foreach (var (method, at) in all)
                Assert.Equal(403, (await world.VolumeAsync(method, at, "{}", "mine:manager")).Status);
            Assert.Equal(1, await world.CountAsync("volume_qos_specs"));
        });

    private static void Matches(Reply reply, string golden) =>
        Golden.Matches(reply.Golden, $"block-storage/qos-specs/{golden}");

    private static Task<Reply> AskAsync(ComputeWorld world, string path) => world.VolumeAsync("GET", path, null, Admin);

    private static async Task<string> AddAsync(ComputeWorld world, string name, string more = "")
    {
        var body = $$$"""{"qos_specs":{"name":"{{{name}}}"{{{more}}}}}""";
        return (await world.VolumeAsync("POST", "/qos-specs", body, Admin)).Text("qos_specs", "id");
    }
}
