using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Contracts;

namespace Pipeline.Drivers.Volume.Qcow2;

/// <summary>The layers of all volumes, and of images, in `layers/`, and which volume has which, in its `layers.json`.</summary>
internal sealed class Layers(VolumeFolders folders)
{
    private readonly string _root = Path.Combine(folders.Root, "layers");
    private readonly ImageShelf _shelf = new(folders);

    /// <summary>The layer that holds an image.</summary>
    public static string NameOf(ImageId id) => $"image.{id}";

    public string PathOf(string layer) => Path.Combine(_root, layer);

    /// <summary>Layers of a volume that is long gone may still bear its name: clones stand on them.</summary>
    public string NewName(VolumeId id)
    {
        SafeFile.MakeFolder(_root);
        var number = 0;
        while (File.Exists(PathOf($"{id}.{number}")))
            number++;
        return $"{id}.{number}";
    }

    public LayerRecord? Read(VolumeId id)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(RecordFile(id)), LayerJson.Default.LayerRecord);
        }
        catch (IOException missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public Task WriteAsync(VolumeId id, LayerRecord record, CancellationToken ct)
    {
        SafeFile.MakeFolder(folders.Of(id));
        return SafeFile.WriteAsync(
            RecordFile(id),
            JsonSerializer.SerializeToUtf8Bytes(record, LayerJson.Default.LayerRecord),
            ct
        );
    }

    /// <returns>Null when there is no such layer.</returns>
    public async Task<Qcow2Header?> HeaderAsync(string layer, CancellationToken ct)
    {
        try
        {
            return await Qcow2Header.ReadAsync(PathOf(layer), ct);
        }
        catch (IOException missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Removes what no volume and no snapshot has, and nothing that one has stands on.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        var below = await ReadChainsAsync(ct);
        var needed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var owned in Owned())
            for (var layer = owned; layer is not null && needed.Add(layer); )
                layer = below.GetValueOrDefault(layer);
        foreach (var name in VolumeFolders.Names(_root))
            if (!needed.Contains(name))
                File.Delete(PathOf(name));
    }

    /// <returns>
    /// A layer that can take up the one below it: it is in no other volume's chain, and the one below is nobody's and
    /// has nothing else standing on it. Null when there is none.
    /// </returns>
    public async Task<LayerMerge?> NextMergeAsync(VolumeId id, CancellationToken ct)
    {
        if (Read(id) is not { } record)
            return null;
        var below = await ReadChainsAsync(ct);
        var owned = Owned();
        var standing = below.Values.OfType<string>().GroupBy(name => name).ToDictionary(g => g.Key, g => g.Count());
        for (var layer = record.Top; below.GetValueOrDefault(layer) is { } next; layer = next)
        {
            if (standing[next] > 1)
                return null;
            if (!owned.Contains(next))
                return new LayerMerge(layer, below.GetValueOrDefault(next), Blocks.BytesOf(PathOf(next)) ?? 0);
        }
        return null;
    }

    private HashSet<string> Owned() =>
        [
            .. folders
                .List()
                .Select(Read)
                .OfType<LayerRecord>()
                .SelectMany(record => record.Snapshots.Values.Append(record.Top))
                .Concat(_shelf.List().Select(NameOf)),
        ];

    /// <summary>What each layer stands on; null for nothing.</summary>
    /// <exception cref="Fault">DriverFailed when one cannot be read: what it stands on would look like nobody's.</exception>
    private async Task<Dictionary<string, string?>> ReadChainsAsync(CancellationToken ct)
    {
        var below = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var name in VolumeFolders.Names(_root))
            if (!name.EndsWith(".new", StringComparison.Ordinal))
            {
                var header = await HeaderAsync(name, ct);
                below[name] = header is null
                    ? throw new Fault(FaultCode.DriverFailed, $"{PathOf(name)} is not a whole qcow2 file")
                    : header.BackingFile;
            }
        return below;
    }

    private string RecordFile(VolumeId id) => Path.Combine(folders.Of(id), "layers.json");
}

/// <param name="Top">The layer that the volume writes to.</param>
/// <param name="Snapshots">The layer of each, by its id.</param>
internal sealed record LayerRecord(string Top, ImmutableSortedDictionary<string, string> Snapshots)
{
    public static ImmutableSortedDictionary<string, string> None { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public LayerRecord Without(SnapshotId id) => this with { Snapshots = Snapshots.Remove($"{id}") };
}

/// <param name="Layer">Takes up the one it stands on.</param>
/// <param name="Onto">What it stands on afterwards; null for nothing.</param>
/// <param name="Bytes">What may have to be copied.</param>
internal sealed record LayerMerge(string Layer, string? Onto, long Bytes);

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(LayerRecord))]
internal sealed partial class LayerJson : JsonSerializerContext;
