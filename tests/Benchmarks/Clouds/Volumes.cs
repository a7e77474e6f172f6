using System.Text.Json.Nodes;

namespace Pipeline.Benchmarks.Clouds;

/// <summary>The volumes and backups of project demo, by its own calls.</summary>
internal sealed class Volumes(Bench bench)
{
    public const string Path = "/volume/v3/volumes";
    private const string Backups = "/volume/v3/backups";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    private readonly CloudClient demo = bench.Cloud.Demo;

    /// <summary>Orders a volume.</summary>
    /// <param name="gib">Its size.</param>
    /// <param name="image">What it is made of; null for a blank one.</param>
    public async Task<string> OrderAsync(string name, int gib = 1, string? image = null)
    {
        var volume = new JsonObject { ["name"] = name, ["size"] = gib };
        if (image is not null)
            volume["imageRef"] = image;
        var answer = await demo.PostAsync(Path, new JsonObject { ["volume"] = volume }, bench.Stop);
        return (string)answer["volume"]!["id"]!;
    }

    public Task DeleteAsync(string volume) => demo.SendAsync(HttpMethod.Delete, $"{Path}/{volume}", null, bench.Stop);

    /// <summary>Waits until none is being made; pages of one are asked for, so that asking costs little.</summary>
    public Task AllMadeAsync() => UntilAsync(() => IsEmptyAsync($"{Path}?status=creating&limit=1", "volumes"));

    public Task AllGoneAsync() => UntilAsync(() => IsEmptyAsync($"{Path}?limit=1", "volumes"));

    /// <exception cref="IOException">It is in error.</exception>
    public Task AvailableAsync(string volume) => UntilAsync(() => IsAvailableAsync($"{Path}/{volume}", "volume"));

    /// <summary>Backs a volume up and waits for the end.</summary>
    public async Task<string> BackUpAsync(string volume)
    {
        var backup = new JsonObject { ["volume_id"] = volume };
        var answer = await demo.PostAsync(Backups, new JsonObject { ["backup"] = backup }, bench.Stop);
        var made = (string)answer["backup"]!["id"]!;
        await UntilAsync(() => IsAvailableAsync($"{Backups}/{made}", "backup"));
        return made;
    }

    public async Task DeleteBackupAsync(string backup)
    {
        await demo.SendAsync(HttpMethod.Delete, $"{Backups}/{backup}", null, bench.Stop);
        await UntilAsync(() => IsEmptyAsync($"{Backups}?limit=1", "backups"));
    }

    private async Task<bool> IsEmptyAsync(string path, string key) =>
        (await demo.GetAsync(path, bench.Stop))![key]!.AsArray().Count == 0;

    private async Task<bool> IsAvailableAsync(string path, string key)
    {
        var shown = (await demo.GetAsync(path, bench.Stop))![key]!;
        return (string)shown["status"]! switch
        {
            "available" => true,
            "error" => throw new IOException($"{path} is in error: {shown["fail_reason"]}"),
            _ => false,
        };
    }

    private async Task UntilAsync(Func<Task<bool>> reached)
    {
        var began = bench.Time.GetTimestamp();
        while (!await reached())
        {
            if (bench.Time.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"what was awaited has not come within {Patience.TotalSeconds} s");
            await Task.Delay(Glance, bench.Time, bench.Stop);
        }
    }
}
