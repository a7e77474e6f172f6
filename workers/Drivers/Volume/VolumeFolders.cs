using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Volume;

/// <summary>
/// A folder a volume, with what its layout keeps in it, and `exports/{attachment}.json` for each way to it: written before
/// the way is opened and removed after it is closed, so that whatever dies in between, the next call finds it.
/// </summary>
internal sealed class VolumeFolders(string root)
{
    public string Root => root;

    public string Of(VolumeId id) => Path.Combine(root, "volumes", $"{id}");

    /// <summary>All that have a folder, half-made ones too.</summary>
    public IReadOnlyList<VolumeId> List() =>
        [.. Names(Path.Combine(root, "volumes")).Select(Parse<VolumeId>).OfType<VolumeId>()];

    public ExportRecord? FindExport(VolumeId volume, AttachmentId id)
    {
        try
        {
            return JsonSerializer.Deserialize(
                File.ReadAllBytes(ExportFile(volume, id)),
                ExportJson.Default.ExportRecord
            );
        }
        catch (IOException missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public IReadOnlyList<ExportRecord> ListExports(VolumeId volume) =>
        [
            .. Names(ExportsOf(volume))
                .Where(name => name.EndsWith(".json", StringComparison.Ordinal))
                .Select(name => Parse<AttachmentId>(Path.GetFileNameWithoutExtension(name)))
                .OfType<AttachmentId>()
                .Select(id => FindExport(volume, id))
                .OfType<ExportRecord>(),
        ];

    public IReadOnlyList<ExportRecord> ListExports() => [.. List().SelectMany(ListExports)];

    /// <summary>It may hold a password: only root reads it.</summary>
    public Task SaveAsync(ExportRecord record, CancellationToken ct)
    {
        SafeFile.MakeFolder(ExportsOf(record.Spec.Volume));
        return SafeFile.WriteAsync(
            ExportFile(record.Spec.Volume, record.Spec.Attachment),
            JsonSerializer.SerializeToUtf8Bytes(record, ExportJson.Default.ExportRecord),
            ct
        );
    }

    public void Remove(ExportRecord record) => File.Delete(ExportFile(record.Spec.Volume, record.Spec.Attachment));

    /// <summary>Names in a folder, in order; none where there is no folder.</summary>
    public static IReadOnlyList<string> Names(string folder)
    {
        try
        {
            return
            [
                .. Directory
                    .EnumerateFileSystemEntries(folder)
                    .Select(path => Path.GetFileName(path))
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    public static T? Parse<T>(string name)
        where T : struct, IId<T> => T.TryParse(name, out var id) ? id : null;

    private string ExportsOf(VolumeId volume) => Path.Combine(Of(volume), "exports");

    private string ExportFile(VolumeId volume, AttachmentId id) => Path.Combine(ExportsOf(volume), $"{id}.json");
}

/// <param name="Port">The TCP port that it has to itself; null where its transport shares one.</param>
internal sealed record ExportRecord(ExportSpec Spec, int? Port = null)
{
    /// <summary>By which its server knows it; null where that knows it by the attachment.</summary>
    public int? Number { get; init; }
}

[JsonSourceGenerationOptions(WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ExportRecord))]
internal sealed partial class ExportJson : JsonSerializerContext;
