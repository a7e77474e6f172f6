using System.Collections.Concurrent;
using System.Security.Cryptography;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Image;

namespace Pipeline.Agent.Images;

/// <summary>Files `{id}.{format}` in one folder; a half-fetched one is called `.part`, a deleted image has an `.evict` beside it.</summary>
/// <param name="open">Opens an image's file as the control plane has it.</param>
internal sealed class ImageCache(string folder, Func<ImageId, CancellationToken, Task<Stream>> open, IDiskDriver disks)
    : IImageCache
{
    private const int Piece = 1 << 16;
    private const string Part = ".part";
    private const string Mark = ".evict";
    private readonly ConcurrentDictionary<ImageId, SemaphoreSlim> turns = new();

    public async Task<CachedImage> EnsureAsync(ImageRef image, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{image.Id}.{image.Format}");
        var turn = TurnOf(image.Id);
        await turn.WaitAsync(ct);
        try
        {
            if (!File.Exists(path))
                await FetchAsync(image, path, ct);
            return new(image.Id, path, image.Format);
        }
        finally
        {
            turn.Release();
        }
    }

    public async Task EvictAsync(ImageId image, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var turn = TurnOf(image);
        await turn.WaitAsync(ct); // a fetch under way ends first: what it leaves is marked, too
        try
        {
            foreach (var path in Directory.GetFiles(folder, $"{image}.*").Where(p => !p.EndsWith(Mark)))
                if (path.EndsWith(Part))
                    File.Delete(path); // an agent died over it
                else
                    await File.WriteAllBytesAsync(path + Mark, [], ct);
        }
        finally
        {
            turn.Release();
        }
        await SweepAsync(ct);
    }

    public async Task SweepAsync(CancellationToken ct)
    {
        if (!Directory.Exists(folder) || Directory.GetFiles(folder, $"*{Mark}") is not { Length: > 0 } marks)
            return;
        var used = new HashSet<string?>();
        await foreach (var disk in disks.ListDisksAsync(ct))
            used.Add(disk.BackingFile);
        foreach (var mark in marks)
        {
            var path = mark[..^Mark.Length];
            if (used.Contains(path))
                continue;
            File.Delete(path);
            File.Delete(mark);
        }
    }

    private SemaphoreSlim TurnOf(ImageId image) => turns.GetOrAdd(image, _ => new(1));

    private async Task FetchAsync(ImageRef image, string path, CancellationToken ct)
    {
        var part = path + Part;
        try
        {
            await using (var source = await open(image.Id, ct))
            await using (var target = new FileStream(part, FileMode.Create, FileAccess.Write))
            {
                var sha512 = await CopyAsync(source, target, ct);
                if (target.Length != image.Size || sha512 != image.Sha512)
                    throw Fault.BadRequest($"image {image.Id} arrived damaged: its size or checksum is another one");
                target.Flush(flushToDisk: true);
            }
            File.Move(part, path, overwrite: true);
        }
        catch (IOException e)
        {
            File.Delete(part);
            throw new Fault(FaultCode.DiskFull, $"the host could not store image {image.Id}: {e.Message}", cause: e);
        }
        catch (Fault)
        {
            File.Delete(part);
            throw;
        }
    }

    private static async Task<string> CopyAsync(Stream source, FileStream target, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        var piece = new byte[Piece];
        int read;
        while ((read = await source.ReadAsync(piece, ct)) > 0)
        {
            hash.AppendData(piece, 0, read);
            await target.WriteAsync(piece.AsMemory(0, read), ct);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
