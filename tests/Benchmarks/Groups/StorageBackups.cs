using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Pipeline.Benchmarks.Clouds;
using Pipeline.Drivers;

namespace Pipeline.Benchmarks.Groups;

/// <summary>A full backup of a volume of files from its order to its end, beside `cp` of the same bytes and their checksum, in turns.</summary>
internal static class StorageBackups
{
    private const string Images = "/image/v2/images";
    private const int Bytes = 512 << 20; // bytes that no zero and no repetition makes fewer
    private const int Rounds = 5;

    public static async IAsyncEnumerable<Figure> MeasureAsync(Bench bench)
    {
        Directory.CreateDirectory(bench.Folder);
        var (file, copy) = (Path.Combine(bench.Folder, "bytes"), Path.Combine(bench.Folder, "copy"));
        var bytes = RandomNumberGenerator.GetBytes(Bytes);
        await File.WriteAllBytesAsync(file, bytes, bench.Stop);
        var volumes = new Volumes(bench);
        var volume = await volumes.OrderAsync("kept", image: await UploadAsync(bench, bytes));
        await volumes.AvailableAsync(volume);
        var command = new Command(bench.Time);
        var byHand = new Invocation(
            "sh",
            ["-c", "cp \"$0\" \"$1\" && sync \"$1\" && sha256sum \"$1\"", file, copy],
            Limit: TimeSpan.FromMinutes(2)
        );
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round <= Rounds; round++)
        {
            var began = bench.Time.GetTimestamp();
            var backup = await volumes.BackUpAsync(volume);
            ours.Add(bench.Time.GetElapsedTime(began).TotalSeconds);
            began = bench.Time.GetTimestamp();
            await command.RunAsync(byHand, bench.Stop);
            theirs.Add(bench.Time.GetElapsedTime(began).TotalSeconds);
            await volumes.DeleteBackupAsync(backup);
            File.Delete(copy);
        }
        await volumes.DeleteAsync(volume);
        await volumes.AllGoneAsync();
        var (backedUp, copied) = (ours.Skip(1).ToList().Median(), theirs.Skip(1).ToList().Median());
        yield return new("storage.backup.p50", backedUp, "s");
        yield return new("storage.backup.cp.p50", copied, "s");
        yield return new("storage.backup.ratio", backedUp / copied, "x");
    }

    private static async Task<string> UploadAsync(Bench bench, byte[] bytes)
    {
        var form = new JsonObject
        {
            ["name"] = "bytes",
            ["disk_format"] = "raw",
            ["container_format"] = "bare",
        };
        var image = (string)(await bench.Cloud.Demo.PostAsync(Images, form, bench.Stop))["id"]!;
        await bench.Cloud.Demo.UploadAsync($"{Images}/{image}/file", bytes, bench.Stop);
        return image;
    }
}
