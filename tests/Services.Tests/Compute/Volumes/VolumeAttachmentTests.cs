using System.Text;
using Pipeline.Contracts;
using Pipeline.Testing.Clouds;

namespace Pipeline.Services.Tests.Compute.Volumes;

public sealed class VolumeAttachmentTests
{
    private const string Attachments = "os-volume_attachments";
    private const string Volumes = "/volume/v3/volumes";

    [Fact]
    public void A_volume_is_attached_shown_and_detached() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var (volume, id) = (await VolumeAsync(cloud), server.Split('/')[^1]);
                var before = await cloud.ResourcesAsync();
                var attached = (await AttachAsync(cloud, server, volume)).Must(200);
                var view = $$"""{"id":"{{volume}}","volumeId":"{{volume}}","serverId":"{{id}}","device":"/dev/vdb"}""";
                Assert.Equal($$"""{"volumeAttachment":{{view}}}""", attached.Body);
                Assert.Equal("reserved", await StatusAsync(cloud, volume));
                await cloud.IdleAsync();
                Assert.Equal("in-use", await StatusAsync(cloud, volume));
                var path = $"{server}/{Attachments}";
                Assert.Equal(
                    $$"""{"volumeAttachments":[{{view}}]}""",
                    (await cloud.GetAsync(path, cloud.Demo)).Must(200).Body
                );
                Assert.Equal(
                    $$"""{"volumeAttachment":{{view}}}""",
                    (await cloud.GetAsync($"{path}/{volume}", cloud.Demo)).Must(200).Body
                );
                foreach (var shown in (string[])[server, $"{StandingServer.Servers}/detail"])
                    Assert.Contains(
                        $$"""[{"id":"{{volume}}"}]""",
                        (await cloud.GetAsync(shown, cloud.Demo)).Must(200).Body,
                        StringComparison.Ordinal
                    );
                Assert.Single(GuestVolumes(cloud));
                (await cloud.DeleteAsync($"{path}/{volume}", cloud.Demo)).Must(202);
                await cloud.IdleAsync();
                (await cloud.GetAsync($"{path}/{volume}", cloud.Demo)).Must(404);
                Assert.Equal("available", await StatusAsync(cloud, volume));
                Assert.Empty(GuestVolumes(cloud));
                Assert.Equal(before.ToString(), (await cloud.ResourcesAsync()).ToString());
                var actions = (await cloud.GetAsync($"{server}/os-instance-actions", cloud.Demo)).Must(200).Body;
                Assert.Contains("attach_volume", actions, StringComparison.Ordinal);
                Assert.Contains("detach_volume", actions, StringComparison.Ordinal);
            }
        );

    [Fact]
    public void Several_volumes_are_attached_at_once_each_by_its_own_name() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                string[] volumes = [await VolumeAsync(cloud), await VolumeAsync(cloud), await VolumeAsync(cloud)];
                var first = await AttachAsync(cloud, server, volumes[0], ",\"device\":\"/dev/sdc\"");
                Assert.Equal("/dev/vdc", first.Must(200).Text("volumeAttachment", "device"));
                foreach (var (volume, name) in volumes[1..].Zip((string[])["/dev/vdb", "/dev/vdd"]))
                    Assert.Equal(
                        name,
                        (await AttachAsync(cloud, server, volume)).Must(200).Text("volumeAttachment", "device")
                    );
                await cloud.IdleAsync();
                Assert.Equal(3, GuestVolumes(cloud).Count);
                foreach (var volume in volumes)
                    Assert.Equal("in-use", await StatusAsync(cloud, volume));
                var page = await cloud.GetAsync($"{server}/{Attachments}?limit=1&offset=1", cloud.Demo);
                Assert.Contains("/dev/vdc", page.Must(200).Body, StringComparison.Ordinal);
                Assert.DoesNotContain("/dev/vdb", page.Body, StringComparison.Ordinal);
            }
        );

    [Fact]
    public void A_server_that_is_off_gets_its_volume_too() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                (await cloud.PostAsync($"{server}/action", """{"os-stop":null}""", cloud.Demo)).Must(202);
                await cloud.IdleAsync();
                var volume = await VolumeAsync(cloud);
                (await AttachAsync(cloud, server, volume)).Must(200);
                await cloud.IdleAsync();
                Assert.Equal("in-use", await StatusAsync(cloud, volume));
                (await cloud.PostAsync($"{server}/action", """{"os-start":null}""", cloud.Demo)).Must(202);
                await cloud.IdleAsync();
                Assert.Single(GuestVolumes(cloud));
            }
        );

    [Fact]
    public void What_is_not_the_callers_is_not_found() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var stranger = await cloud.AddUserAsync("stranger");
                var volume = await VolumeAsync(cloud);
                var theirs = await VolumeAsync(cloud, user: stranger);
                (await AttachAsync(cloud, server, volume, user: stranger)).Must(404);
                var fault = (await AttachAsync(cloud, server, theirs)).Must(404);
                Assert.Contains($"Volume {theirs} could not be found.", fault.Body, StringComparison.Ordinal);
                (await AttachAsync(cloud, server, "5b1a0000-0000-4000-8000-000000000006")).Must(404);
                (await AttachAsync(cloud, server, volume)).Must(200);
                await cloud.IdleAsync();
                (await cloud.GetAsync($"{server}/{Attachments}", stranger)).Must(404);
                (await cloud.GetAsync($"{server}/{Attachments}/{volume}", stranger)).Must(404);
                (await cloud.DeleteAsync($"{server}/{Attachments}/{volume}", stranger)).Must(404);
                (await cloud.DeleteAsync($"{server}/{Attachments}/{theirs}", cloud.Demo)).Must(404);
                Assert.Equal("in-use", await StatusAsync(cloud, volume));
            }
        );

    [Fact]
    public void What_does_not_fit_is_refused_and_nothing_is_held() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var (volume, other) = (await VolumeAsync(cloud), await VolumeAsync(cloud));
                (await AttachAsync(cloud, server, volume)).Must(200);
                await cloud.IdleAsync();
                (await AttachAsync(cloud, server, volume)).Must(400);
                (await AttachAsync(cloud, server, "no-id")).Must(400);
                (await AttachAsync(cloud, server, other, ",\"more\":1")).Must(400);
                foreach (var device in (string[])["x", "/dev/vdb1", ""])
                    (await AttachAsync(cloud, server, other, $",\"device\":\"{device}\"")).Must(400);
                foreach (var device in (string[])["/dev/vda", "/dev/vdb", "/dev/sdb"])
                    (await AttachAsync(cloud, server, other, $",\"device\":\"{device}\"")).Must(409);
                Assert.Equal("available", await StatusAsync(cloud, other));
                var second = $"{StandingServer.Servers}/{await cloud.CreateServerAsync()}";
                (await AttachAsync(cloud, second, other)).Must(409); // it is being built
                await cloud.IdleAsync();
                var fault = (await AttachAsync(cloud, second, volume)).Must(400);
                Assert.Contains("Invalid volume: ", fault.Body, StringComparison.Ordinal);
                (await cloud.DeleteAsync($"{Volumes}/{volume}", cloud.Demo)).Must(400);
            }
        );

    [Fact]
    public void A_locked_server_keeps_its_volumes_as_they_are() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var (volume, other) = (await VolumeAsync(cloud), await VolumeAsync(cloud));
                (await AttachAsync(cloud, server, volume)).Must(200);
                await cloud.IdleAsync();
                (await cloud.PostAsync($"{server}/action", """{"lock":null}""", cloud.Demo)).Must(202);
                (await AttachAsync(cloud, server, other)).Must(409);
                (await cloud.DeleteAsync($"{server}/{Attachments}/{volume}", cloud.Demo)).Must(409);
            }
        );

    [Fact]
    public void A_server_has_as_many_volumes_as_there_are_names() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var id = server.Split('/')[^1];
                await cloud.Store.WriteAsync(async tx =>
                {
                    foreach (var letter in "bcdefghijklmnopqrstuvwxyz")
                        await tx.ExecuteAsync(
                            """
                            INSERT INTO server_volumes (attachment_id, server_id, volume_id, project_id, device,
                                delete_on_termination, created_at)
                            VALUES (@attachment, @id, @volume, 'p', @device, 0, @now)
                            """,
                            new
                            {
                                attachment = $"{cloud.World.Randomness.NewGuid()}",
                                id,
                                volume = $"{cloud.World.Randomness.NewGuid()}",
                                device = $"/dev/vd{letter}",
                            }
                        );
                });
                var fault = (await AttachAsync(cloud, server, await VolumeAsync(cloud))).Must(403);
                Assert.Contains("maximum allowed number of disk devices", fault.Body, StringComparison.Ordinal);
                await cloud.Store.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM server_volumes"));
            }
        );

    [Fact]
    public void A_guest_that_does_not_let_go_keeps_its_volume() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var volume = await VolumeAsync(cloud);
                (await AttachAsync(cloud, server, volume)).Must(200);
                await cloud.IdleAsync();
                cloud.Hosts[0].Metal.Before = (operation, _) =>
                    operation == "DetachVolume" ? throw Fault.Conflict("it does not let go") : Task.CompletedTask;
                (await cloud.DeleteAsync($"{server}/{Attachments}/{volume}", cloud.Demo)).Must(202);
                Assert.Equal("detaching", await StatusAsync(cloud, volume));
                (await cloud.DeleteAsync($"{server}/{Attachments}/{volume}", cloud.Demo)).Must(409);
                await cloud.PassAsync(TimeSpan.FromMinutes(10));
                Assert.Equal("in-use", await StatusAsync(cloud, volume));
                cloud.Hosts[0].Metal.Before = null;
                (await cloud.DeleteAsync($"{server}/{Attachments}/{volume}", cloud.Demo)).Must(202);
                await cloud.IdleAsync();
                Assert.Equal("available", await StatusAsync(cloud, volume));
            }
        );

    [Fact]
    public void A_server_that_goes_lets_go_of_its_volumes_also_of_those_on_their_way() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var (volume, other) = (await VolumeAsync(cloud), await VolumeAsync(cloud));
                (await AttachAsync(cloud, server, volume)).Must(200);
                await cloud.IdleAsync();
                (await AttachAsync(cloud, server, other)).Must(200);
                (await cloud.DeleteAsync(server, cloud.Demo)).Must(204);
                await cloud.IdleAsync();
                (await cloud.GetAsync(server, cloud.Demo)).Must(404);
                foreach (var left in (string[])[volume, other])
                {
                    Assert.Equal("available", await StatusAsync(cloud, left));
                    (await cloud.DeleteAsync($"{Volumes}/{left}", cloud.Demo)).Must(202);
                }
                await cloud.IdleAsync();
                Assert.DoesNotContain(cloud.Hosts[0].Metal.Volumes.Values, v => v.Exports.Count > 0);
            }
        );

    [Fact]
    public void A_repeated_attach_is_answered_while_the_server_has_the_volume() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var volume = await VolumeAsync(cloud);
                var first = (await AgainAsync()).Must(200);
                await cloud.IdleAsync();
                Assert.Equal(first.Body, (await AgainAsync()).Must(200).Body);
                (await cloud.DeleteAsync($"{server}/{Attachments}/{volume}", cloud.Demo)).Must(202);
                await cloud.IdleAsync();
                (await AgainAsync()).Must(404);
                Assert.Equal("available", await StatusAsync(cloud, volume));

                async Task<CloudAnswer> AgainAsync()
                {
                    var body = $$$"""{"volumeAttachment":{"volumeId":"{{{volume}}}"}}""";
                    var token = await cloud.TokenAsync(cloud.Demo);
                    var request = new CloudRequest("POST", $"{server}/{Attachments}", Encoding.UTF8.GetBytes(body))
                    {
                        Headers = { ["X-Auth-Token"] = token, ["Idempotency-Key"] = "k" },
                    };
                    return await cloud.SendAsync(request, TestContext.Current.CancellationToken);
                }
            }
        );

    private static Task<CloudAnswer> AttachAsync(
        TestCloud cloud,
        string server,
        string volume,
        string more = "",
        CloudUser? user = null
    ) =>
        cloud.PostAsync(
            $"{server}/{Attachments}",
            $$$"""{"volumeAttachment":{"volumeId":"{{{volume}}}"{{{more}}}}}""",
            user ?? cloud.Demo
        );

    private static async Task<string> VolumeAsync(TestCloud cloud, CloudUser? user = null)
    {
        var made = await cloud.PostAsync(Volumes, """{"volume":{"size":1}}""", user ?? cloud.Demo);
        await cloud.IdleAsync();
        return made.Must(202).Text("volume", "id");
    }

    private static async Task<string> StatusAsync(TestCloud cloud, string volume) =>
        (await cloud.GetAsync($"{Volumes}/{volume}", cloud.Demo)).Must(200).Text("volume", "status");

    private static List<AttachmentId> GuestVolumes(TestCloud cloud) =>
        [
            .. cloud
                .Hosts[0]
                .Metal.Guests.Values.SelectMany(guest => guest.Spec.Volumes ?? [])
                .Select(volume => volume.Attachment),
        ];
}
