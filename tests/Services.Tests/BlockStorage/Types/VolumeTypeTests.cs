using Pipeline.Services.Tests.Compute;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.BlockStorage.Types;

public sealed class VolumeTypeTests
{
    private const string Admin = VolumeCalls.Admin;
    private const string Default = VolumeCalls.DefaultType;
    private const string Private = ""","os-volume-type-access:is_public":false""";

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        ComputeWorld.Run(async world =>
        {
            const string body = """
                {"volume_type":{"name":"fast","description":"On fast disks.","os-volume-type-access:is_public":true,
                 "extra_specs":{"volume_backend_name":"ssd","multiattach":"<is> True"}}}
                """;
            var made = await world.VolumeAsync("POST", "/types", body, Admin);
            Matches(made, "create.200.json");
            var path = $"/types/{made.Text("volume_type", "id")}";
            Matches(await world.VolumeAsync("GET", path, null, Admin), "show-admin.200.json");
            Matches(await world.VolumeAsync("GET", path), "show.200.json");
            Assert.Equal("{}", (await world.VolumeAsync("GET", $"{path}/encryption", null, Admin)).Body);
            Assert.Equal(403, (await world.VolumeAsync("GET", $"{path}/encryption")).Status);
            Assert.Equal(404, (await world.VolumeAsync("GET", "/types/none/encryption", null, Admin)).Status);
            Matches(await world.VolumeAsync("GET", "/types/default"), "default.200.json");
            Matches(await world.VolumeAsync("GET", "/types?sort=name:asc"), "list.200.json");
            Matches(await world.VolumeAsync("GET", "/types?limit=1&sort=name:asc"), "list-page.200.json");
            var update = """{"volume_type":{"name":"faster","description":null,"is_public":false}}""";
            Matches(await world.VolumeAsync("PUT", path, update, Admin), "update.200.json");
            Matches(await world.VolumeAsync("DELETE", path, null, Admin), "delete.202.json");
            Matches(await world.VolumeAsync("GET", "/types/none"), "show.404.json");
        });

    [Fact]
    public void What_is_wrong_is_named_and_nothing_is_written() =>
        ComputeWorld.Run(async world =>
        {
            (string Method, string Path, string Type, string Named)[] cases =
            [
                ("POST", "", """{"description":"x"}""", "name"),
                ("POST", "", """{"name":"  "}""", "name"),
                ("POST", "", $$"""{"name":"{{new string('x', 256)}}"}""", "name"),
                ("POST", "", """{"name":"a","os-volume-type-access:is_public":"perhaps"}""", "is_public"),
                ("POST", "", """{"name":"a","extra_specs":{"ü":"x"}}""", "ü"),
                ("POST", "", """{"name":"a","extra_specs":{"key":7}}""", "key"),
                ("POST", "", """{"name":"a","size":7}""", "size"),
                ("PUT", $"/{Default}", "{}", "Specify volume type name"),
                ("PUT", $"/{Default}", """{"name":" "}""", "name"),
                ("PUT", $"/{Default}", """{"name":"other"}""", "must stay __DEFAULT__"),
                ("PUT", $"/{Default}", """{"is_public":"perhaps"}""", "is_public"),
            ];
            var audits = await world.CountAsync("audit");
            foreach (var (method, path, type, named) in cases)
            {
                var body = $$"""{"volume_type":{{type}}}""";
                var refused = await world.VolumeAsync(method, $"/types{path}", body, Admin);
                Assert.StartsWith("400 badRequest: ", refused.Fault);
                Assert.Contains(named, refused.Fault);
            }
            Assert.Equal((1, audits), (await world.CountAsync("volume_types"), await world.CountAsync("audit")));
        });

    [Fact]
    public void A_name_is_one_types() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddTypeAsync("a");
            var second = await world.AddTypeAsync(" b ");
            var again = await world.VolumeAsync("POST", "/types", """{"volume_type":{"name":"a"}}""", Admin);
            Assert.Equal("409 conflictingRequest: Volume Type a already exists.", again.Fault);
            var body = """{"volume_type":{"name":"a"}}""";
            var renamed = await world.VolumeAsync("PUT", $"/types/{second}", body, Admin);
            Assert.Equal("409 conflictingRequest: Volume Type a already exists.", renamed.Fault);
            Assert.Equal("b", (await world.VolumeAsync("GET", $"/types/{second}")).Text("volume_type", "name"));
        });

    [Fact]
    public void A_type_in_use_and_the_default_stay() =>
        ComputeWorld.Run(async world =>
        {
            var used = await world.AddTypeAsync("used");
            await world.AddVolumeRowAsync(used);
            Assert.Equal(
                "400 badRequest: Target volume type is still in use.",
                (await world.VolumeAsync("DELETE", $"/types/{used}", null, Admin)).Fault
            );
            Assert.Equal(
                $"400 badRequest: The volume type {Default} is a default volume type and cannot be deleted.",
                (await world.VolumeAsync("DELETE", $"/types/{Default}", null, Admin)).Fault
            );
            Assert.Equal(
                "400 badRequest: Volume Type is currently in use.",
                (await SetAsync(world, used, """{"extra_specs":{"a":"b"}}""")).Fault
            );
            Assert.Equal(2, await world.CountAsync("volume_types"));
            await world.Db.WriteAsync(async tx =>
            {
                await tx.ExecuteAsync("DELETE FROM volumes");
            });
            Assert.Equal(202, (await world.VolumeAsync("DELETE", $"/types/{used}", null, Admin)).Status);
            Assert.Equal(404, (await world.VolumeAsync("DELETE", $"/types/{used}", null, Admin)).Status);
        });

    [Fact]
    public void Tenants_see_what_is_public_or_lent_to_them_and_change_nothing() =>
        ComputeWorld.Run(async world =>
        {
            var hidden = await world.AddTypeAsync("hidden", Private);
            var path = $"/types/{hidden}";
            string[] hiddenOnes = [path, $"{path}/extra_specs", $"{path}/extra_specs/a"];
            foreach (var one in hiddenOnes)
                Assert.Equal(404, (await world.VolumeAsync("GET", one)).Status);
            Assert.Equal("__DEFAULT__", await NamesAsync(world, "", "mine:member"));
            await ActAsync(world, hidden, "addProjectAccess");
            Assert.Equal(200, (await world.VolumeAsync("GET", path)).Status);
            Assert.Equal("__DEFAULT__ hidden", await NamesAsync(world, "", "mine:member"));
            Assert.Equal("__DEFAULT__", await NamesAsync(world, "", "theirs:member"));
            foreach (var token in (string[])["mine:none", "mine:member", "mine:manager"])
            {
                Assert.Equal(403, (await world.VolumeAsync("POST", "/types", "{}", token)).Status);
                Assert.Equal(403, (await world.VolumeAsync("PUT", path, "{}", token)).Status);
                Assert.Equal(403, (await world.VolumeAsync("DELETE", path, null, token)).Status);
                Assert.Equal(403, (await world.VolumeAsync("POST", $"{path}/action", "{}", token)).Status);
            }
        });

    [Fact]
    public void Lists_are_filtered_sorted_and_cut_into_pages() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddTypeAsync("a");
            await world.AddTypeAsync("b", Private);
            await world.AddTypeAsync("c");
            (string Query, string Token, string Names)[] cases =
            [
                ("", Admin, "__DEFAULT__ a c"),
                ("is_public=None", Admin, "__DEFAULT__ a b c"),
                ("is_public=none", "mine:member", "__DEFAULT__ a c"),
                ("is_public=false", Admin, "b"),
                ("is_public=true", Admin, "__DEFAULT__ a c"),
                ("name=a", "mine:member", "a"),
                ("name=b", "mine:member", ""),
                ("limit=0", "mine:member", ""),
                ("limit=2&offset=1&sort=name:asc", "mine:member", "a c"),
            ];
            foreach (var (query, token, names) in cases)
                Assert.Equal((query, names), (query, await NamesAsync(world, query, token)));
            var first = await world.VolumeAsync("GET", "/types?limit=2&sort_key=name&sort_dir=desc");
            Assert.Equal(["c", "a"], first.All("volume_types", "name"));
            var next = first.Json.GetProperty("volume_type_links")[0].GetProperty("href").GetString()!;
            var second = await world.SendAsync("GET", new Uri(next).PathAndQuery);
            Assert.Equal(["__DEFAULT__"], second.All("volume_types", "name"));
            Assert.Equal(404, (await world.VolumeAsync("GET", "/types?marker=none")).Status);
            foreach (var wrong in (string[])["sort_key=extra_specs", "limit=-1", "offset=x"])
                Assert.Equal(400, (await world.VolumeAsync("GET", $"/types?{wrong}")).Status);
            Assert.Equal(400, (await world.VolumeAsync("GET", "/types?is_public=perhaps", null, Admin)).Status);
        });

    [Fact]
    public void Extra_specs_are_set_and_taken_away_and_tenants_see_those_for_them() =>
        ComputeWorld.Run(async world =>
        {
            var path = $"/types/{await world.AddTypeAsync("a")}/extra_specs";
            var id = path.Split('/')[2];
            var made = await SetAsync(
                world,
                id,
                """{"extra_specs":{"volume_backend_name":"x","multiattach":"<is> True"}}"""
            );
            Matches(made, "extra-specs-create.200.json");
            Matches(await world.VolumeAsync("GET", path, null, Admin), "extra-specs-admin.200.json");
            Matches(await world.VolumeAsync("GET", path), "extra-specs.200.json");
            var item = $"{path}/volume_backend_name";
            Assert.Equal("""{"volume_backend_name":"x"}""", (await world.VolumeAsync("GET", item, null, Admin)).Body);
            Assert.Equal(
                $"404 itemNotFound: Volume Type {id} has no extra specs with key volume_backend_name.",
                (await world.VolumeAsync("GET", item)).Fault
            );
            const string given = """{"volume_backend_name":"y"}""";
            Assert.Equal(given, (await world.VolumeAsync("PUT", item, given, Admin)).Body);
            foreach (var wrong in (string[])["""{"a":"y"}""", "{}", """{"volume_backend_name":"y","a":"b"}"""])
                Assert.Equal(
                    "400 badRequest: Request body and URI mismatch",
                    (await world.VolumeAsync("PUT", item, wrong, Admin)).Fault
                );
            Assert.Equal(202, (await world.VolumeAsync("DELETE", item, null, Admin)).Status);
            Assert.Equal(404, (await world.VolumeAsync("DELETE", item, null, Admin)).Status);
            Assert.Equal(403, (await world.VolumeAsync("DELETE", $"{path}/multiattach")).Status);
            Assert.Equal(
                """{"extra_specs":{"multiattach":"<is> True"}}""",
                (await world.VolumeAsync("GET", path)).Body
            );
        });

    [Fact]
    public void Access_is_given_taken_and_listed() =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.AddTypeAsync("hidden", Private);
            var path = $"/types/{id}/os-volume-type-access";
            Matches(await ActAsync(world, id, "addProjectAccess"), "access-add.202.json");
            Matches(await world.VolumeAsync("GET", path, null, Admin), "access.200.json");
            Assert.StartsWith("409 conflictingRequest: ", (await ActAsync(world, id, "addProjectAccess")).Fault);
            Assert.Equal(202, (await ActAsync(world, id, "removeProjectAccess")).Status);
            Assert.StartsWith("404 itemNotFound: ", (await ActAsync(world, id, "removeProjectAccess")).Fault);
            Assert.StartsWith("400 badRequest: ", (await ActAsync(world, id, "moveProjectAccess")).Fault);
            Assert.Contains("not a valid project", (await ActAsync(world, id, "addProjectAccess", "nobody")).Fault);
            Assert.Equal(403, (await world.VolumeAsync("GET", path)).Status);
            Assert.Equal(
                "400 badRequest: Invalid volume type: Type access modification is not applicable to public volume type.",
                (await ActAsync(world, Default, "addProjectAccess")).Fault
            );
            Assert.Equal(
                "404 itemNotFound: Access list not available for public volume types.",
                (await world.VolumeAsync("GET", $"/types/{Default}/os-volume-type-access", null, Admin)).Fault
            );
            await ActAsync(world, id, "addProjectAccess");
            await world.VolumeAsync("DELETE", $"/types/{id}", null, Admin);
            Assert.Equal(0, await world.CountAsync("volume_type_access"));
        });

    private static void Matches(Reply reply, string golden) =>
        Golden.Matches(reply.Golden, $"block-storage/types/{golden}");

    private static Task<Reply> SetAsync(ComputeWorld world, string id, string body) =>
        world.VolumeAsync("POST", $"/types/{id}/extra_specs", body, Admin);

    private static Task<Reply> ActAsync(
        ComputeWorld world,
        string id,
        string action,
        string project = ComputeWorld.Mine
    ) => world.VolumeAsync("POST", $"/types/{id}/action", $$$"""{"{{{action}}}":{"project":"{{{project}}}"}}""", Admin);

    private static async Task<string> NamesAsync(ComputeWorld world, string query, string token) =>
        string.Join(
            ' ',
            (await world.VolumeAsync("GET", $"/types?{query}", null, token))
                .All("volume_types", "name")
                .Order(StringComparer.Ordinal)
        );
}
