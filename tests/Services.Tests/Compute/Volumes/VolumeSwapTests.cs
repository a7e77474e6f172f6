using Pipeline.Testing.Clouds;

namespace Pipeline.Services.Tests.Compute.Volumes;

public sealed class VolumeSwapTests
{
    private const string Attachments = "os-volume_attachments";
    private const string Volumes = "/volume/v3/volumes";
    private const string Unknown = "5b1a0000-0000-4000-8000-000000000006";

    [Fact]
    public void A_server_shows_the_new_volume_by_the_old_ones_name() =>
        RunAsync(
            async (cloud, server, old, next) =>
            {
                var answer = (await SwapAsync(cloud, server, old, next)).Must(202);
                Assert.Equal("", answer.Body);
                Assert.Equal(
                    ("detaching", "reserved"),
                    (await StatusAsync(cloud, old), await StatusAsync(cloud, next))
                );
                Assert.Contains($"\"{old}\"", await ListAsync(cloud, server));
                await cloud.IdleAsync();
                Assert.Equal(("available", "in-use"), (await StatusAsync(cloud, old), await StatusAsync(cloud, next)));
                var view =
                    $$"""{"id":"{{next}}","volumeId":"{{next}}","serverId":"{{server.Split('/')[^1]}}","device":"/dev/vdb"}""";
                Assert.Equal($$"""{"volumeAttachments":[{{view}}]}""", await ListAsync(cloud, server));
                var shown = (await cloud.GetAsync(server, cloud.Demo)).Must(200).Body;
                Assert.Contains($$"""[{"id":"{{next}}"}]""", shown, StringComparison.Ordinal);
                (await SwapAsync(cloud, server, old, next)).Must(404);
                (await SwapAsync(cloud, server, next, old)).Must(202); // and back
                await cloud.IdleAsync();
                Assert.Equal(("in-use", "available"), (await StatusAsync(cloud, old), await StatusAsync(cloud, next)));
                var actions = (await cloud.GetAsync($"{server}/os-instance-actions", cloud.Demo)).Must(200).Body;
                Assert.Contains("swap_volume", actions, StringComparison.Ordinal);
            }
        );

    [Fact]
    public void What_is_not_there_is_not_found() =>
        RunAsync(
            async (cloud, server, old, next) =>
            {
                var stranger = await cloud.AddUserAsync("stranger");
                var theirs = await VolumeAsync(cloud, user: stranger);
                (await SwapAsync(cloud, $"{StandingServer.Servers}/{Unknown}", old, next)).Must(404);
                (await SwapAsync(cloud, server, next, old)).Must(404); // it is not attached
                (await SwapAsync(cloud, server, "no-id", next)).Must(404);
                (await SwapAsync(cloud, server, old, Unknown)).Must(400); // a body's mistake
                (await SwapAsync(cloud, server, old, theirs)).Must(400);
                (await SwapAsync(cloud, server, old, next, cloud.Demo)).Must(403);
                Assert.Equal(("in-use", "available"), (await StatusAsync(cloud, old), await StatusAsync(cloud, next)));
            }
        );

    [Fact]
    public void What_does_not_fit_is_refused_and_nothing_is_held() =>
        RunAsync(
            async (cloud, server, old, next) =>
            {
                var large = await VolumeAsync(cloud, gib: 2);
                foreach (var isReadOnly in (string[])["true", "false"])
                {
                    var flag = $$$"""{"os-update_readonly_flag":{"readonly":{{{isReadOnly}}}}}""";
                    (await cloud.PostAsync($"{Volumes}/{next}/action", flag, cloud.Demo)).Must(202);
                    if (isReadOnly == "true")
                        Assert.Contains("read-only", (await SwapAsync(cloud, server, old, next)).Must(400).Body);
                }
                (await SwapAsync(cloud, server, old, old)).Must(400);
                (await SwapAsync(cloud, server, old, "no-id")).Must(400);
                var path = $"{server}/{Attachments}/{old}";
                foreach (
                    var body in (string[])["{}", """{"volumeAttachment":{}}""", Body(next, ",\"device\":\"/dev/vdc\"")]
                )
                    (await cloud.PutAsync(path, body, cloud.Admin)).Must(400);
                (await SwapAsync(cloud, server, old, large)).Must(202);
                await cloud.IdleAsync();
                var fault = (await SwapAsync(cloud, server, large, next)).Must(400);
                Assert.Contains("must be the same size or larger", fault.Body, StringComparison.Ordinal);
                Assert.Equal(
                    ("in-use", "available"),
                    (await StatusAsync(cloud, large), await StatusAsync(cloud, next))
                );
            }
        );

    [Fact]
    public void What_is_in_use_or_in_no_state_for_it_is_refused() =>
        RunAsync(
            async (cloud, server, old, next) =>
            {
                var another = await VolumeAsync(cloud);
                (await AttachAsync(cloud, server, another)).Must(200);
                (await SwapAsync(cloud, server, old, another)).Must(400);
                await cloud.IdleAsync();
                (await SwapAsync(cloud, server, old, another)).Must(400);
                var second = $"{StandingServer.Servers}/{await cloud.CreateServerAsync()}";
                (await SwapAsync(cloud, second, old, next)).Must(409); // it is being built
                (await cloud.PostAsync($"{server}/action", """{"os-stop":null}""", cloud.Demo)).Must(202);
                (await SwapAsync(cloud, server, old, next)).Must(409);
                await cloud.IdleAsync();
                (await SwapAsync(cloud, server, old, next)).Must(409);
                Assert.Equal("available", await StatusAsync(cloud, next));
            }
        );

    [Fact]
    public void Who_is_first_swaps_and_nobody_detaches_meanwhile() =>
        RunAsync(
            async (cloud, server, old, next) =>
            {
                var another = await VolumeAsync(cloud);
                (await SwapAsync(cloud, server, old, next)).Must(202);
                (await SwapAsync(cloud, server, old, another)).Must(409);
                (await SwapAsync(cloud, server, old, next)).Must(400); // it is reserved
                (await AttachAsync(cloud, server, next)).Must(400);
                foreach (var (volume, status) in ((string, int)[])[(old, 409), (next, 404)])
                    (await cloud.DeleteAsync($"{server}/{Attachments}/{volume}", cloud.Demo)).Must(status);
                (await cloud.DeleteAsync($"{Volumes}/{next}", cloud.Demo)).Must(400);
                await cloud.IdleAsync();
                Assert.Equal(("available", "in-use"), (await StatusAsync(cloud, old), await StatusAsync(cloud, next)));
                Assert.Equal("available", await StatusAsync(cloud, another));
            }
        );

    /// <summary>A server with a volume, and another one of the same size.</summary>
    private static void RunAsync(Func<TestCloud, string, string, string, Task> test) =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var (old, next) = (await VolumeAsync(cloud), await VolumeAsync(cloud));
                (await AttachAsync(cloud, server, old)).Must(200);
                await cloud.IdleAsync();
                await test(cloud, server, old, next);
            }
        );

    private static Task<CloudAnswer> SwapAsync(
        TestCloud cloud,
        string server,
        string old,
        string next,
        CloudUser? user = null
    ) => cloud.PutAsync($"{server}/{Attachments}/{old}", Body(next), user ?? cloud.Admin);

    private static Task<CloudAnswer> AttachAsync(TestCloud cloud, string server, string volume) =>
        cloud.PostAsync($"{server}/{Attachments}", Body(volume), cloud.Demo);

    private static string Body(string volume, string more = "") =>
        $$$"""{"volumeAttachment":{"volumeId":"{{{volume}}}"{{{more}}}}}""";

    private static async Task<string> ListAsync(TestCloud cloud, string server) =>
        (await cloud.GetAsync($"{server}/{Attachments}", cloud.Demo)).Must(200).Body;

    private static async Task<string> VolumeAsync(TestCloud cloud, int gib = 1, CloudUser? user = null)
    {
        var made = await cloud.PostAsync(Volumes, $$$"""{"volume":{"size":{{{gib}}}}}""", user ?? cloud.Demo);
        await cloud.IdleAsync();
        return made.Must(202).Text("volume", "id");
    }

    private static async Task<string> StatusAsync(TestCloud cloud, string volume) =>
        (await cloud.GetAsync($"{Volumes}/{volume}", cloud.Demo)).Must(200).Text("volume", "status");
}
