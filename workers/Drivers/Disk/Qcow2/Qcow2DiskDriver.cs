using System.Globalization;
using System.Runtime.CompilerServices;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Disk.Qcow2;

/// <summary>Root disks as thin qcow2 overlays in a folder of the host, each standing on an image in the host's cache.</summary>
public sealed class Qcow2DiskDriver(Qcow2Options options, Command command) : IDiskDriver
{
    private const long SmallestRoom = 64L * 1024 * 1024;

    private readonly string _root = Path.Combine(Path.GetFullPath(options.DataDir), "disks");
    private readonly ImageCheck _images = new(options.Binary, command);

    public string Name => "qcow2";

    public int Contract => DriverContract.Current;

    public async Task<DriverReport> ProbeAsync(CancellationToken ct)
    {
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var version = await command.RunAsync(new(options.Binary, ["--version"]), ct);
            facts["qemu-img"] = version.Split('\n')[0].Replace("qemu-img version ", "").Split(' ')[0];
            SafeFile.MakeFolder(_root);
            return new DriverReport(Ready: true, Problem: null, facts);
        }
        catch (Exception cause) when (cause is Fault or IOException or UnauthorizedAccessException)
        {
            return new DriverReport(Ready: false, $"disks cannot be kept as qcow2 here: {cause.Message}", facts);
        }
    }

    public async Task<string> EnsureDiskAsync(DiskSpec spec, CancellationToken ct)
    {
        DiskRules.Check(spec, options.Cloud);
        var folder = Of(spec.Id);
        var known = await folder.ReadAsync(ct);
        if (known is not null && known.Cloud != options.Cloud)
            throw Fault.Conflict($"the disks of {spec.Id} belong to another cloud");
        if (known == spec)
            return folder.Root;
        RequireRoom();
        await folder.WriteAsync(spec, ct);
        return folder.Root;
    }

    public async Task WriteImageAsync(ServerId id, CachedImage image, CancellationToken ct)
    {
        DiskRules.Check(image);
        var folder = Of(id);
        if (await folder.ReadAsync(ct) is not { } disk || disk.Cloud != options.Cloud)
            throw Fault.NotFound($"no disk is reserved for {id} on this host");
        if (await folder.BackingFileAsync(ct) == image.Path)
            return;
        var least = await _images.VirtualBytesAsync(image, ct);
        if (disk.Bytes > 0 && disk.Bytes < least)
            throw Fault.BadRequest($"image {image.Id} needs a disk of {least} bytes; this one has {disk.Bytes}");
        RequireRoom();
        await MakeOverlayAsync(folder, image, disk.Bytes > 0 ? disk.Bytes : least, ct);
    }

    public async Task DeleteDisksAsync(ServerId id, CancellationToken ct)
    {
        var folder = Of(id);
        if (await folder.ReadAsync(ct) is { } known && known.Cloud != options.Cloud)
            return;
        SafeFile.RemoveFolder(folder.Path);
    }

    public async IAsyncEnumerable<DiskStatus> ListDisksAsync([EnumeratorCancellation] CancellationToken ct)
    {
        if (!Directory.Exists(_root))
            yield break;
        foreach (var path in Directory.EnumerateDirectories(_root).Order(StringComparer.Ordinal))
        {
            if (!ServerId.TryParse(Path.GetFileName(path), out var id))
                continue;
            // A folder that says nothing is what a killed agent left of a disk: listed, so that it can be deleted.
            var folder = Of(id);
            if (await folder.ReadAsync(ct) is { } disk && disk.Cloud != options.Cloud)
                continue;
            yield return new DiskStatus(id, folder.Root, await folder.BackingFileAsync(ct));
        }
    }

    private DiskFolder Of(ServerId id) => new(id, Path.Combine(_root, $"{id}"));

    // Disks are thin: what matters is that there is room to go on writing, not room for all they may ever hold.
    private void RequireRoom()
    {
        SafeFile.MakeFolder(_root);
        var (free, needed) = (options.FreeBytes(_root), options.ReservedBytes + SmallestRoom);
        if (free < needed)
            throw new Fault(
                FaultCode.DiskFull,
                $"the host has {free >> 20} MiB of disk left; a disk needs {needed >> 20} MiB"
            );
    }

    private async Task MakeOverlayAsync(DiskFolder folder, CachedImage image, long bytes, CancellationToken ct)
    {
        var half = folder.HalfMadeRoot;
        var size = bytes.ToString(CultureInfo.InvariantCulture);
        string[] arguments = ["create", "-q", "-f", "qcow2", "-F", image.Format, "-b", image.Path, half, size];
        try
        {
            File.Delete(half);
            await command.RunAsync(new(options.Binary, arguments), ct);
            SafeFile.Flush(half);
            File.Move(half, folder.Root, overwrite: true);
        }
        catch
        {
            File.Delete(half);
            throw;
        }
    }
}
