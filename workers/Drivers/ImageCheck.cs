using System.Collections.Concurrent;
using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers;

/// <summary>
/// Believes nothing an image says: a qcow2 file may name any file of the host as its backing or data file, and a raw
/// file may turn out to be qcow2. An image that passed is not read again until it changes.
/// </summary>
public sealed class ImageCheck(string binary, Command command)
{
    private const int LeakedClusters = 3; // qemu-img check: room is wasted, nothing is wrong
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(CachedImage, long Bytes, DateTime Changed), long> _passed = new();

    /// <returns>The image's virtual size in bytes.</returns>
    /// <exception cref="Fault">BadRequest naming what is wrong with it; DriverFailed when it is not in the cache.</exception>
    public async Task<long> VirtualBytesAsync(CachedImage image, CancellationToken ct)
    {
        var file = new FileInfo(image.Path);
        if (!file.Exists)
            throw new Fault(FaultCode.DriverFailed, $"image {image.Id} is not in the host's cache");
        var seen = (image, file.Length, file.LastWriteTimeUtc);
        if (_passed.TryGetValue(seen, out var known))
            return known;
        var header = await Qcow2Header.ReadAsync(image.Path, ct);
        var bytes =
            image.Format == "raw" ? CheckRaw(image, header, file.Length) : await CheckQcow2Async(image, header, ct);
        _passed[seen] = bytes;
        return bytes;
    }

    private static long CheckRaw(CachedImage image, Qcow2Header? header, long bytes)
    {
        if (header is not null)
            throw Fault.BadRequest($"image {image.Id} is declared raw but is qcow2");
        return bytes > 0 ? bytes : throw Fault.BadRequest($"image {image.Id} is empty");
    }

    private async Task<long> CheckQcow2Async(CachedImage image, Qcow2Header? header, CancellationToken ct)
    {
        if (header is null)
            throw Fault.BadRequest($"image {image.Id} is declared qcow2 but is not");
        if (Complaint(header) is { } complaint)
            throw Fault.BadRequest($"image {image.Id} {complaint}");
        var check = new Invocation(binary, ["check", "-q", "-f", "qcow2", image.Path], Limit: Limit);
        var outcome = await command.TryAsync(check, ct);
        return outcome.ExitCode is 0 or LeakedClusters
            ? header.VirtualBytes
            : throw Fault.BadRequest($"image {image.Id} is corrupt: {outcome.LastWords.Replace(image.Path, "it")}");
    }

    private static string? Complaint(Qcow2Header header) =>
        header switch
        {
            { BackingFile: not null } => "needs a backing file, which is not allowed",
            { IsEncrypted: true } => "is encrypted, which is not supported",
            { VirtualBytes: <= 0 } => "has no size",
            _ when (header.Incompatible & Qcow2Header.DataFile) != 0 =>
                "needs an external data file, which is not allowed",
            _ when (header.Incompatible & Qcow2Header.Corrupt) != 0 => "is corrupt: it is marked so",
            _ when (header.Incompatible & ~Qcow2Header.Harmless) != 0 => "has features that are not known here",
            _ => null,
        };
}
