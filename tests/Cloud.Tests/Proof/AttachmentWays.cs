using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests.Proof;

/// <summary>The ways of a volume to a guest and back.</summary>
internal static class AttachmentWays
{
    private const string Servers = "/compute/v2.1/servers";
    private const string Volumes = "/volume/v3/volumes";

    public static readonly IReadOnlyList<Way> All =
    [
        new("a volume is attached", AttachAsync) { Prepare = PrepareAsync, Clear = ClearAsync },
        new("a volume is detached", DetachAsync) { Prepare = PrepareAttachedAsync, Clear = ClearAsync },
        new("a volume takes another's place", SwapAsync) { Prepare = PrepareSwapAsync, Clear = ClearAsync },
        new("a server is built on a volume", BuildAsync) { Clear = ClearAsync },
        new("a server lets go of its volume", DeleteAsync) { Prepare = PrepareAttachedAsync, Clear = ClearAsync },
    ];

    private static async Task BuildAsync(TestCloud cloud)
    {
        var body = $$$"""
            {"server": {"name": "v", "flavorRef": "small", "imageRef": "", "networks": [{"uuid": "{{{cloud.Network}}}"}],
             "block_device_mapping_v2": [
                {"boot_index": 0, "uuid": "{{{cloud.Image}}}", "source_type": "image", "destination_type": "volume", "volume_size": 2},
                {"source_type": "blank", "destination_type": "volume", "volume_size": 1, "delete_on_termination": true}]} }
            """;
        (await cloud.PostOnceAsync(Servers, body)).Must(202);
    }

    private static async Task PrepareAsync(TestCloud cloud)
    {
        await cloud.CreateServerAsync();
        (await cloud.PostAsync(Volumes, """{"volume": {"name": "v", "size": 1}}""", cloud.Demo)).Must(202);
        await cloud.IdleAsync();
    }

    private static async Task PrepareSwapAsync(TestCloud cloud)
    {
        await PrepareAttachedAsync(cloud);
        (await cloud.PostAsync(Volumes, """{"volume": {"name": "w", "size": 1}}""", cloud.Demo)).Must(202);
        await cloud.IdleAsync();
    }

    private static async Task PrepareAttachedAsync(TestCloud cloud)
    {
        await PrepareAsync(cloud);
        await AttachAsync(cloud);
        await cloud.IdleAsync();
    }

    private static async Task AttachAsync(TestCloud cloud)
    {
        var volume = await OneAsync(cloud, "SELECT id FROM volumes");
        var body = $$$"""{"volumeAttachment": {"volumeId": "{{{volume}}}"} }""";
        var path = $"{Servers}/{await OneAsync(cloud, "SELECT id FROM servers")}/os-volume_attachments";
        var answer = await cloud.InsistAsync(() => cloud.PostAsync(path, body, cloud.Demo));
        Assert.True(answer.Status is 200 or 400, answer.Body); // 400: asked for before the connection broke
    }

    private static async Task DetachAsync(TestCloud cloud)
    {
        var volume = await OneAsync(cloud, "SELECT id FROM volumes");
        var path = $"{Servers}/{await OneAsync(cloud, "SELECT id FROM servers")}/os-volume_attachments/{volume}";
        var answer = await cloud.InsistAsync(() => cloud.DeleteAsync(path, cloud.Demo));
        Assert.True(answer.Status is 202 or 404 or 409, answer.Body);
    }

    private static async Task SwapAsync(TestCloud cloud)
    {
        var old = await OneAsync(cloud, "SELECT id FROM volumes WHERE name = 'v'");
        var next = await OneAsync(cloud, "SELECT id FROM volumes WHERE name = 'w'");
        var body = $$$"""{"volumeAttachment": {"volumeId": "{{{next}}}"} }""";
        var path = $"{Servers}/{await OneAsync(cloud, "SELECT id FROM servers")}/os-volume_attachments/{old}";
        var answer = await cloud.InsistAsync(() => cloud.PutAsync(path, body, cloud.Admin));
        Assert.True(answer.Status is 202 or 404 or 409, answer.Body); // asked for before the connection broke
    }

    private static async Task DeleteAsync(TestCloud cloud) =>
        await cloud.DeleteServerAsync(await OneAsync(cloud, "SELECT id FROM servers"));

    private static async Task ClearAsync(TestCloud cloud)
    {
        foreach (var server in await cloud.Store.ReadAsync(tx => tx.ListAsync<string>("SELECT id FROM servers")))
            await cloud.DeleteServerAsync(server);
        await cloud.IdleAsync();
        foreach (var volume in await cloud.Store.ReadAsync(tx => tx.ListAsync<string>("SELECT id FROM volumes")))
            (await cloud.DeleteAsync($"{Volumes}/{volume}", cloud.Demo)).Must(202);
        await cloud.IdleAsync();
    }

    private static async Task<string> OneAsync(TestCloud cloud, string sql) =>
        Assert.Single(await cloud.Store.ReadAsync(tx => tx.ListAsync<string>(sql)));
}
