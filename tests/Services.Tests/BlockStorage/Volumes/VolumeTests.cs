using Pipeline.Services.Tests.Compute;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.BlockStorage.Volumes;

public sealed class VolumeTests
{
    private const string Admin = VolumeCalls.Admin;

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            const string body = """
                {"volume":{"name":"one","description":"The first.","size":2,"metadata":{"a":"b"},"volume_type":null,
                 "snapshot_id":null,"source_volid":null,"consistencygroup_id":null,"imageRef":null}}
                """;
            var made = await world.VolumeAsync("POST", "/volumes", body);
            Matches(made, "create.202.json");
            await world.SettleAsync();
            var path = $"/volumes/{made.Text("volume", "id")}";
            Matches(await world.VolumeAsync("GET", path), "show.200.json");
            Matches(await world.VolumeAsync("GET", $"{path}", null, Admin), "show-admin.200.json");
            await world.MakeVolumeAsync($"\"size\":1,\"imageRef\":\"{world.Image}\",\"name\":\"two\"");
            Matches(await world.VolumeAsync("GET", "/volumes"), "list.200.json");
            Matches(await world.VolumeAsync("GET", "/volumes/detail?limit=1"), "detail-page.200.json");
            var update = """{"volume":{"name":"uno","description":null}}""";
            Matches(await world.VolumeAsync("PUT", path, update), "update.200.json");
            Matches(await world.VolumeAsync("GET", $"{path}/metadata"), "metadata.200.json");
            Matches(await world.VolumeAsync("GET", $"{path}/metadata/a"), "metadata-item.200.json");
            Matches(await world.VolumeAsync("GET", $"{path}/metadata/x"), "metadata-item.404.json");
            Matches(await world.VolumeAsync("DELETE", path), "delete.202.json");
            Matches(await world.VolumeAsync("GET", "/volumes/none"), "show.404.json");
        });

    [Fact]
    public void What_is_wrong_is_refused_and_nothing_is_written() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var none = Guid.Empty;
            (string Volume, string Fault)[] cases =
            [
                ("{}", "400 badRequest: "),
                ("""{"size":0}""", "400 badRequest: "),
                ("""{"size":-1}""", "400 badRequest: "),
                ("""{"size":"#$%"}""", "400 badRequest: "),
                ("""{"size":"1.5"}""", "400 badRequest: "),
                ("""{"size":1,"wrong":1}""", "400 badRequest: "),
                ("""{"size":1,"availability_zone":"mars"}""", "400 badRequest: Availability zone 'mars' is invalid."),
                ("""{"size":1,"metadata":{"a":1}}""", "400 badRequest: "),
                ("""{"size":1,"backup_id":"x"}""", "400 badRequest: "),
                ($$"""{"size":1,"name":"{{new string('x', 256)}}"}""", "400 badRequest: "),
                ("""{"size":1,"volume_type":"none"}""", "404 itemNotFound: "),
                ($$"""{"size":1,"source_volid":"{{none}}"}""", "404 itemNotFound: "),
                ($$"""{"size":1,"snapshot_id":"{{none}}"}""", "404 itemNotFound: "),
                ($$"""{"size":1,"imageRef":"{{none}}"}""", "404 itemNotFound: "),
                ($$"""{"size":1,"imageRef":"x"}""", "400 badRequest: "),
                ("""{"size":1,"snapshot_id":"x"}""", "404 itemNotFound: "),
                ("""{"size":1001}""", "413 overLimit: "),
            ];
            var audits = await world.CountAsync("audit");
            foreach (var (volume, fault) in cases)
            {
                var refused = await world.VolumeAsync("POST", "/volumes", $$"""{"volume":{{volume}}}""");
                Assert.StartsWith(fault, refused.Fault);
            }
            Assert.Equal((0, audits), (await world.CountAsync("volumes"), await world.CountAsync("audit")));
            Assert.Equal(0, await world.UsedAsync("gigabytes"));
        });

    [Fact]
    public void A_source_is_not_larger_than_what_is_made_of_it() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var source = await world.MakeVolumeAsync("\"size\":2");
            var snapshot = await world.MakeSnapshotAsync(source);
            foreach (var of in (string[])[$"\"source_volid\":\"{source}\"", $"\"snapshot_id\":\"{snapshot}\""])
            {
                var refused = await world.VolumeAsync("POST", "/volumes", $$$"""{"volume":{"size":1,{{{of}}}}}""");
                Assert.StartsWith("400 badRequest: ", refused.Fault);
                var made = await world.VolumeAsync("POST", "/volumes", $$$"""{"volume":{{{{of}}}}}""");
                Assert.Equal("202 2", $"{made.Status} {made.Json.GetProperty("volume").GetProperty("size")}");
            }
        });

    [Fact]
    public void Lists_are_filtered_sorted_and_paged() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            foreach (var name in (string[])["a", "b", "c"])
            {
                var more = $"\"name\":\"{name}\",\"size\":{name[0] - 'a' + 1},\"metadata\":{{\"key\":\"{name}\"}}";
                await world.MakeVolumeAsync(more);
            }
            (string Query, string Names)[] cases =
            [
                ("", "c b a"),
                ("?sort=name:asc", "a b c"),
                ("?sort_key=size&sort_dir=desc", "c b a"),
                ("?name=b", "b"),
                ("?status=available", "c b a"),
                ("?status=error", ""),
                ("?bootable=true", ""),
                ("?availability_zone=mars", ""),
                ("?limit=0", ""),
                ("?offset=1", "b a"),
                ("?offset=1&limit=1", "b"),
                ("?metadata=%7B%27key%27%3A+%27a%27%7D", "a"),
                ("?metadata=%7B%22key%22%3A%22b%22%7D", "b"),
                ("?metadata=%7B%27key%27%3A+%27z%27%7D", ""),
                ("?unknown=1", "c b a"),
                ("?all_tenants=1", "c b a"),
            ];
            foreach (var (query, names) in cases)
            foreach (var path in (string[])["/volumes", "/volumes/detail"])
            {
                var found = await world.VolumeAsync("GET", path + query);
                Assert.Equal(
                    $"{query} 200 {names}",
                    $"{query} {found.Status} {string.Join(' ', found.All("volumes", "name"))}"
                );
            }
            var first = await world.VolumeAsync("GET", "/volumes?limit=2");
            var next = first.Json.GetProperty("volumes_links")[0].GetProperty("href").GetString()!;
            var rest = await world.SendAsync("GET", next[next.IndexOf("/volume", StringComparison.Ordinal)..]);
            Assert.Equal(
                "c b|a",
                $"{string.Join(' ', first.All("volumes", "name"))}|{string.Join(' ', rest.All("volumes", "name"))}"
            );
            Assert.Equal(404, (await world.VolumeAsync("GET", $"/volumes?marker={Guid.Empty}")).Status);
            Assert.Equal(400, (await world.VolumeAsync("GET", "/volumes?sort=mars:asc")).Status);
            Assert.Equal(400, (await world.VolumeAsync("GET", "/volumes?limit=-1")).Status);
            Assert.Empty((await world.VolumeAsync("GET", "/volumes", null, "theirs:member")).All("volumes", "name"));
            Assert.Equal(
                3,
                (await world.VolumeAsync("GET", "/volumes?all_tenants=1", null, Admin)).All("volumes", "name").Count
            );
        });

    [Fact]
    public void Actions_answer_as_Cinder_does() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var id = await world.MakeVolumeAsync();
            (string Action, string Token, int Status)[] cases =
            [
                ("""{"os-set_bootable":{"bootable":true}}""", "mine:member", 200),
                ("""{"os-set_bootable":{"bootable":"perhaps"}}""", "mine:member", 400),
                ("""{"os-update_readonly_flag":{"readonly":true}}""", "mine:member", 202),
                ("""{"os-set_image_metadata":{"metadata":{"k":"v"}}}""", "mine:member", 200),
                ("""{"os-show_image_metadata":{}}""", "mine:member", 200),
                ("""{"os-unset_image_metadata":{"key":"k"}}""", "mine:member", 200),
                ("""{"os-unset_image_metadata":{"key":"k"}}""", "mine:member", 404),
                ("""{"os-reset_status":{"status":"error"}}""", "mine:member", 403),
                ("""{"os-reset_status":{"status":"error"}}""", Admin, 202),
                ("""{"os-extend":{"new_size":2}}""", "mine:member", 400),
                ("""{"os-reset_status":{"status":"available"}}""", Admin, 202),
                ("""{"os-reset_status":{"status":"wonderful"}}""", Admin, 400),
                ("""{"os-extend":{"new_size":2}}""", "mine:member", 202),
                ("""{"os-extend":{"new_size":"many"}}""", "mine:member", 400),
                ("""{"os-unknown":{}}""", "mine:member", 400),
                ("{}", "mine:member", 400),
                ("""{"os-extend":{"new_size":3}}""", "theirs:member", 404),
                ("""{"os-force_delete":{}}""", "mine:member", 403),
                ("""{"os-force_delete":{}}""", Admin, 202),
            ];
            foreach (var (action, token, status) in cases)
            {
                var reply = await world.VolumeAsync("POST", $"/volumes/{id}/action", action, token);
                Assert.Equal($"{action} {status}", $"{action} {reply.Status}");
            }
            await world.SettleAsync();
            Assert.Equal(0, await world.CountAsync("volumes"));
            Assert.Equal((0, 0), (await world.UsedAsync("volumes"), await world.UsedAsync("gigabytes")));
        });

    [Fact]
    public void Asked_twice_with_one_key_it_is_one_volume() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var path = $"/volume/v3/{ComputeWorld.Mine}/volumes";
            const string body = """{"volume":{"size":1}}""";
            var first = await world.SendAsync("POST", path, body, key: "k");
            var second = await world.SendAsync("POST", path, body, key: "k");
            Assert.Equal(first.Text("volume", "id"), second.Text("volume", "id"));
            Assert.Equal((1, 1), (await world.CountAsync("volumes"), await world.UsedAsync("volumes")));
        });

    [Fact]
    public void Another_projects_id_in_the_path_is_400() =>
        ComputeWorld.Run(async world =>
        {
            var reply = await world.SendAsync("GET", $"/volume/v3/{ComputeWorld.Theirs}/volumes");
            Assert.Equal(400, reply.Status);
        });

    private static void Matches(Reply reply, string name) =>
        Golden.Matches(reply.Golden, $"block-storage/volumes/{name}");
}
