using System.Text;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests.Proof;

/// <summary>The ways of volumes that come to be managed, and of those that are let go. What the operator had is there at the end.</summary>
internal static class ManageWays
{
    private const string Volumes = "/volume/v3/volumes";
    private const string Theirs = "what the operator has";

    public static readonly IReadOnlyList<Way> All =
    [
        new("a volume is managed", cloud => ManageAsync(cloud)) { Prepare = PutAsync, Clear = ClearAsync },
        new("a volume is let go", LetGoAsync) { Prepare = PrepareAsync, Clear = ClearAsync },
    ];

    private static Task PutAsync(TestCloud cloud)
    {
        cloud.Hosts[0].Metal.Unmanaged["old"] = new(Theirs, (1L << 30) + 512);
        return Task.CompletedTask;
    }

    private static async Task ManageAsync(TestCloud cloud)
    {
        var key = cloud.World.Randomness.NewGuid().ToString();
        const string body = """{"volume": {"host": "host-1@local", "ref": {"source-name": "old"}}}""";
        var answer = await cloud.InsistAsync(async () =>
        {
            var request = new CloudRequest("POST", "/volume/v3/os-volume-manage", Encoding.UTF8.GetBytes(body))
            {
                Headers = { ["X-Auth-Token"] = await cloud.TokenAsync(cloud.Admin), ["Idempotency-Key"] = key },
            };
            return await cloud.SendAsync(request, CancellationToken.None);
        });
        answer.Must(202);
    }

    private static async Task PrepareAsync(TestCloud cloud)
    {
        await PutAsync(cloud);
        await ManageAsync(cloud);
        await cloud.IdleAsync();
    }

    private static async Task LetGoAsync(TestCloud cloud)
    {
        var volume = Assert.Single(await VolumesAsync(cloud));
        var answer = await cloud.InsistAsync(() =>
            cloud.PostAsync($"{Volumes}/{volume}/action", """{"os-unmanage": {}}""", cloud.Admin)
        );
        Assert.True(answer.Status is 202 or 404, answer.Body); // 404: asked for before the connection broke
    }

    /// <summary>What the operator had is either where it was, or a volume, and not twice.</summary>
    private static async Task ClearAsync(TestCloud cloud)
    {
        var metal = cloud.Hosts[0].Metal;
        var managed = metal.Volumes.Values.Count(volume => volume.Content == Theirs);
        var status = await cloud.Store.ReadAsync(tx => tx.ListAsync<string>("SELECT status FROM volumes"));
        Assert.Equal(status.Count(s => s == "available"), managed);
        Assert.Equal(1 - managed, metal.Unmanaged.Values.Count(file => file.Content == Theirs));
        foreach (var volume in await VolumesAsync(cloud))
            (await cloud.DeleteAsync($"{Volumes}/{volume}", cloud.Admin)).Must(202);
        await cloud.IdleAsync();
        metal.Unmanaged.Clear();
    }

    private static Task<IReadOnlyList<string>> VolumesAsync(TestCloud cloud) =>
        cloud.Store.ReadAsync(tx => tx.ListAsync<string>("SELECT id FROM volumes"));
}
