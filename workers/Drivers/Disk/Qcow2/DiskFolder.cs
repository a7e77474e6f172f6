using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Disk.Qcow2;

/// <summary>The disks of one server: `disk.json` says whose they are, `root.qcow2` is there once an image was written.</summary>
internal sealed class DiskFolder(ServerId id, string path)
{
    public ServerId Id => id;

    public string Path => path;

    public string Root => System.IO.Path.Combine(path, "root.qcow2");

    /// <summary>A root disk in the making; one found here was left by an agent that died.</summary>
    public string HalfMadeRoot => Root + ".new";

    private string Spec => System.IO.Path.Combine(path, "disk.json");

    /// <returns>Null when no disk was ever wholly reserved here.</returns>
    public async Task<DiskSpec?> ReadAsync(CancellationToken ct)
    {
        try
        {
            return JsonSerializer.Deserialize(await File.ReadAllBytesAsync(Spec, ct), DiskJson.Default.DiskSpec);
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    public Task WriteAsync(DiskSpec spec, CancellationToken ct)
    {
        SafeFile.MakeFolder(path);
        return SafeFile.WriteAsync(Spec, JsonSerializer.SerializeToUtf8Bytes(spec, DiskJson.Default.DiskSpec), ct);
    }

    /// <returns>The image the root disk stands on; null while there is none.</returns>
    public async Task<string?> BackingFileAsync(CancellationToken ct)
    {
        try
        {
            return (await Qcow2Header.ReadAsync(Root, ct))?.BackingFile;
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}

[JsonSerializable(typeof(DiskSpec))]
internal sealed partial class DiskJson : JsonSerializerContext;
