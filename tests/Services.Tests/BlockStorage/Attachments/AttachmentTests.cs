using Pipeline.Contracts;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Compute;
using Pipeline.Data;
using Pipeline.Services.Tests.Compute;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.BlockStorage.Attachments;

/// <summary>Clients that attach volumes by themselves, in the new way and in the old one.</summary>
public sealed class AttachmentTests
{
    private const string Version = "3.54";
    private const string Connector =
        """{"ip":"192.0.2.3","host":"client","initiator":"iqn.c:1","mountpoint":"/dev/sdb"}""";

    [Fact]
    public void An_attachment_is_reserved_gets_its_way_is_completed_and_ends() =>
        ComputeWorld.Run(async world =>
        {
            var volume = await StageAsync(world);
            var made = await PostAsync(world, $"\"volume_uuid\":\"{volume}\"");
            Matches(made, "create.200.json");
            var path = $"/attachments/{made.Text("attachment", "id")}";
            Assert.Equal("reserved", await StatusAsync(world, volume));
            Assert.Equal(400, (await world.VolumeAsync("DELETE", $"/volumes/{volume}")).Status);
            Assert.Equal(400, (await CompleteAsync(world, path)).Status); // nobody could have attached it
            var opened = await SettledAsync(
                world,
                () => CallAsync(world, "PUT", path, $$$"""{"attachment":{"connector":{{{Connector}}}}}""")
            );
            Assert.Equal(200, opened.Status);
            var info = opened.Json.GetProperty("attachment").GetProperty("connection_info");
            Assert.Equal(
                "iscsi 192.0.2.7:3260 chap 24",
                $"{info.GetProperty("driver_volume_type")} {info.GetProperty("target_portal")} {info.GetProperty("auth_username")} {info.GetProperty("auth_password").GetString()!.Length}"
            );
            var seen = await CallAsync(world, "GET", path, token: "mine:reader");
            Matches(seen, "show-reader.200.json"); // without the password
            Assert.Equal("attaching", await StatusAsync(world, volume));
            Assert.Equal(204, (await CompleteAsync(world, path)).Status);
            Assert.Equal("in-use", await StatusAsync(world, volume));
            Matches(await CallAsync(world, "GET", "/attachments"), "list.200.json");
            Matches(await CallAsync(world, "GET", "/attachments/detail", token: "mine:reader"), "detail.200.json");
            var ended = await SettledAsync(world, () => CallAsync(world, "DELETE", path));
            Matches(ended, "delete.200.json");
            Assert.Equal("available", await StatusAsync(world, volume));
            Assert.Equal(0, await world.CountAsync("secrets"));
        });

    [Fact]
    public void Where_the_way_does_not_open_nothing_is_left_and_the_client_is_told() =>
        ComputeWorld.Run(async world =>
        {
            var volume = await StageAsync(world);
            world.Failing[nameof(OpenExport)] = new(FaultCode.BadRequest, "it cannot be reached from there");
            var refused = await SettledAsync(
                world,
                () => PostAsync(world, $"\"volume_uuid\":\"{volume}\",\"connector\":{Connector}")
            );
            Assert.StartsWith("400 badRequest: it cannot be reached from there", refused.Fault);
            await world.SettleAsync();
            Assert.Equal("available", await StatusAsync(world, volume));
            Assert.Equal((0, 0), (await world.CountAsync("secrets"), await world.CountAsync("volume_attachments")));
        });

    [Fact]
    public void A_silent_storage_host_is_not_waited_for_without_end() =>
        ComputeWorld.Run(async world =>
        {
            var volume = await StageAsync(world);
            var asked = await PostAsync(world, $"\"volume_uuid\":\"{volume}\",\"connector\":{Connector}");
            Assert.Equal(503, asked.Status);
            Assert.Equal("attaching", await StatusAsync(world, volume)); // what was begun goes on
        });

    [Fact]
    public void What_is_asked_for_in_an_older_version_or_for_anothers_volume_is_not_there() =>
        ComputeWorld.Run(async world =>
        {
            var volume = await StageAsync(world);
            var made = await PostAsync(world, $"\"volume_uuid\":\"{volume}\",\"mode\":\"ro\"");
            Assert.Equal("ro", made.Text("attachment", "attach_mode"));
            var path = $"/attachments/{made.Text("attachment", "id")}";
            var body = $$$"""{"attachment":{"volume_uuid":"{{{volume}}}","mode":"ro"}}""";
            foreach (
                var (method, at, version, token, status) in ((string, string, string, string, int)[])
                    [
                        ("GET", "/attachments", "3.26", "mine:member", 404),
                        ("GET", path, "3.26", "mine:member", 404),
                        ("POST", $"{path}/action", "3.43", "mine:member", 404),
                        ("POST", "/attachments", "3.53", "mine:member", 400),
                        ("POST", "/attachments", "3.54", "mine:member", 400), // it is reserved
                        ("POST", "/attachments", "3.54", "theirs:member", 404),
                        ("GET", path, "3.54", "theirs:member", 404),
                        ("PUT", path, "3.54", "theirs:member", 400), // its body comes first
                        ("DELETE", path, "3.54", "theirs:member", 404),
                        ("DELETE", path, "3.54", "mine:reader", 403),
                        ("GET", $"/attachments/{Guid.Empty}", "3.54", "mine:member", 404),
                    ]
            )
            {
                var reply = await world.VolumeAsync(method, at, method == "GET" ? null : body, token, version);
                Assert.Equal($"{method} {at} {version} {status}", $"{method} {at} {version} {reply.Status}");
            }
            var theirs = await CallAsync(world, "GET", "/attachments", token: "theirs:member");
            Assert.Empty(theirs.All("attachments", "id"));
        });

    [Fact]
    public void A_servers_attachment_is_computes_alone() =>
        ComputeWorld.Run(async world =>
        {
            var volume = await StageAsync(world);
            var id = await ClaimAsync(world, volume);
            Assert.Equal(409, (await CallAsync(world, "DELETE", $"/attachments/{id}")).Status);
            Assert.Equal(409, (await CompleteAsync(world, $"/attachments/{id}")).Status);
            foreach (var action in (string[])["os-detach", "os-begin_detaching", "os-roll_detaching"])
                Assert.Equal(409, (await ActAsync(world, volume, $$$"""{"{{{action}}}":{}}""")).Status);
            var terminate = $$$"""{"os-terminate_connection":{"connector":{{{Connector}}}}}""";
            Assert.Equal(409, (await ActAsync(world, volume, terminate)).Status);
            Assert.Equal(1, await world.CountAsync("volume_attachments"));
        });

    [Fact]
    public void An_operator_takes_a_volume_from_a_server_whose_host_is_away() =>
        ComputeWorld.Run(async world =>
        {
            var volume = await StageAsync(world);
            var guest = await world.AddGuestHostAsync();
            var id = await ClaimAsync(world, volume);
            const string force = """{"os-force_detach":{"attachment_id":null,"connector":{}}}""";
            Assert.Equal(400, (await ActAsync(world, volume, force, VolumeCalls.Admin)).Status); // it is being attached
            await world.Db.WriteAsync(async tx =>
            {
                await tx.ExecuteAsync(
                    "UPDATE volume_attachments SET status = 'attached', guest_host_id = @guest WHERE id = @id",
                    new { guest, id }
                );
                await tx.ExecuteAsync("UPDATE volumes SET status = 'in-use'");
            });
            world.Failing[nameof(UnplugVolume)] = new(FaultCode.Unavailable, "away");
            Assert.Equal(403, (await ActAsync(world, volume, force)).Status);
            Assert.Equal(202, (await ActAsync(world, volume, force, VolumeCalls.Admin)).Status);
            Assert.Equal("detaching", await StatusAsync(world, volume));
            await world.PassAsync(TimeSpan.FromMilliseconds(100));
            await world.ObeyAsync();
            await world.PassAsync(TimeSpan.FromMilliseconds(100));
            Assert.Equal("available", await StatusAsync(world, volume));
            Assert.Equal(1, await world.CountAsync("instances", "name = 'CloseAttachment' AND completed_at IS NULL"));
            world.Failing.Clear();
            await world.PassAsync(TimeSpan.FromMinutes(1));
            await world.SettleAsync();
            Assert.Equal(0, await world.CountAsync("instances", "completed_at IS NULL"));
        });

    [Fact]
    public void The_older_way_reserves_connects_attaches_and_lets_go() =>
        ComputeWorld.Run(async world =>
        {
            var volume = await StageAsync(world);
            var connect = $$$"""{"os-initialize_connection":{"connector":{{{Connector}}}}}""";
            Assert.Equal(202, (await ActAsync(world, volume, """{"os-reserve":{}}""")).Status);
            Assert.Equal("attaching", await StatusAsync(world, volume));
            Assert.Equal(400, (await ActAsync(world, volume, """{"os-reserve":{}}""")).Status);
            var info = await SettledAsync(world, () => ActAsync(world, volume, connect));
            Assert.Equal(
                "iscsi 1",
                $"{info.Text("connection_info", "driver_volume_type")} {info.Text("connection_info", "data", "target_lun")}"
            );
            Assert.Equal(info.Body, (await ActAsync(world, volume, connect)).Body); // asked again it is the same
            const string attach = """{"os-attach":{"host_name":"client","mountpoint":"/dev/sdb","mode":"rw"}}""";
            Assert.Equal(202, (await ActAsync(world, volume, attach)).Status);
            Assert.Equal("in-use", await StatusAsync(world, volume));
            Assert.Equal(202, (await ActAsync(world, volume, """{"os-begin_detaching":{}}""")).Status);
            Assert.Equal("detaching", await StatusAsync(world, volume));
            Assert.Equal(202, (await ActAsync(world, volume, """{"os-roll_detaching":{}}""")).Status);
            Assert.Equal("in-use", await StatusAsync(world, volume));
            var terminate = $$$"""{"os-terminate_connection":{"connector":{{{Connector}}}}}""";
            Assert.Equal(202, (await SettledAsync(world, () => ActAsync(world, volume, terminate))).Status);
            Assert.Equal(0, await world.CountAsync("secrets"));
            Assert.Equal(202, (await ActAsync(world, volume, """{"os-detach":{}}""")).Status);
            Assert.Equal("available", await StatusAsync(world, volume));
            Assert.Equal(202, (await ActAsync(world, volume, """{"os-reserve":{}}""")).Status);
            Assert.Equal(202, (await ActAsync(world, volume, """{"os-unreserve":{}}""")).Status);
            Assert.Equal("available", await StatusAsync(world, volume));
        });

    [Fact]
    public void A_volume_in_use_grows_where_its_backend_can_and_its_guest_is_told() =>
        ComputeWorld.Run(async world =>
        {
            var volume = await StageAsync(world);
            var id = await ClaimAsync(world, volume);
            var guest = (await world.GetHostsAsync())[0];
            await world.Db.WriteAsync(async tx =>
            {
                await tx.ExecuteAsync(
                    "UPDATE volume_attachments SET status = 'attached', guest_host_id = @guest",
                    new { guest }
                );
                await tx.ExecuteAsync("UPDATE volumes SET status = 'in-use'");
            });
            const string extend = """{"os-extend":{"new_size":5}}""";
            Assert.Equal(400, (await ActAsync(world, volume, extend, version: "3.41")).Status);
            Assert.Equal(202, (await ActAsync(world, volume, extend, version: "3.42")).Status);
            Assert.Equal("extending", await StatusAsync(world, volume));
            Assert.Equal(
                FaultCode.BadRequest,
                (
                    await Assert.ThrowsAsync<Fault>(() =>
                        world.Db.WriteAsync(tx => world.Get<IVolumes>().BeginDetachAsync(tx, id))
                    )
                ).Code
            );
            await world.SettleAsync();
            var grown = await world.VolumeAsync("GET", $"/volumes/{volume}");
            Assert.Equal("in-use 5", $"{grown.Text("volume", "status")} {grown.Text("volume", "size")}");
            Assert.Equal(5, await world.UsedAsync("gigabytes"));
        });

    private static async Task<string> StageAsync(ComputeWorld world)
    {
        await world.AddBackendAsync();
        return await world.MakeVolumeAsync();
    }

    private static async Task<AttachmentId> ClaimAsync(ComputeWorld world, string volume)
    {
        Assert.True(VolumeId.TryParse(volume, out var of));
        var random = world.Get<Randomness>();
        var claim = new AttachmentClaim(new(random.NewGuid()), of, new(random.NewGuid()), new(ComputeWorld.Mine));
        await world.Db.WriteAsync(tx => world.Get<IVolumes>().ReserveAsync(tx, claim));
        return claim.Id;
    }

    /// <summary>A call that waits for hosts, which do what they are told meanwhile.</summary>
    private static async Task<Reply> SettledAsync(ComputeWorld world, Func<Task<Reply>> call)
    {
        var asked = call();
        while (!asked.IsCompleted)
            await world.SettleAsync();
        return await asked;
    }

    private static Task<Reply> PostAsync(ComputeWorld world, string attachment) =>
        CallAsync(world, "POST", "/attachments", $$$"""{"attachment":{{{{attachment}}}}}""");

    private static Task<Reply> CompleteAsync(ComputeWorld world, string path) =>
        CallAsync(world, "POST", $"{path}/action", """{"os-complete":{}}""");

    private static Task<Reply> CallAsync(
        ComputeWorld world,
        string method,
        string path,
        string? body = null,
        string token = "mine:member"
    ) => world.VolumeAsync(method, path, body, token, Version);

    private static Task<Reply> ActAsync(
        ComputeWorld world,
        string volume,
        string action,
        string token = "mine:member",
        string? version = null
    ) => world.VolumeAsync("POST", $"/volumes/{volume}/action", action, token, version);

    private static async Task<string> StatusAsync(ComputeWorld world, string volume) =>
        (await world.VolumeAsync("GET", $"/volumes/{volume}")).Text("volume", "status");

    private static void Matches(Reply reply, string golden) =>
        Golden.Matches(reply.Golden, $"block-storage/attachments/{golden}");
}
