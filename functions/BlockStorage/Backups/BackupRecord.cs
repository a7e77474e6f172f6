using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.BlockStorage.Backups;

/// <summary>All that a database has to know of a backup, as text that an operator keeps (Cinder's `backup_url`).</summary>
internal sealed record BackupRecord(
    BackupId Id,
    VolumeId Volume,
    long Gib,
    string? Name,
    string? Description,
    string Container,
    BackupId? Parent,
    BackupId Root,
    string Manifest,
    long Blocks,
    long Bytes,
    DateTimeOffset DataAt
)
{
    /// <summary>What the volume was, and what it remembered of its image; texts of before they were kept lack both.</summary>
    public bool Bootable { get; init; }
    public Dictionary<string, string>? Image { get; init; }

    /// <summary>The folder in which it lies; null for the cloud's store.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BackupFolderId? Folder { get; init; }

    /// <summary>Where it was made; texts of before zones lack it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Zone { get; init; }

    /// <summary>What keeps the parts (Cinder's `backup_service`): the cloud's store, or a folder.</summary>
    public const string StoreService = "pipeline.blobs";
    public const string FolderService = "pipeline.files";

    private const int LongestZone = 255;

    [JsonIgnore]
    public string Service => Folder is null ? StoreService : FolderService;

    public static BackupRecord Of(Backup backup) =>
        new(
            backup.Id,
            backup.VolumeId,
            backup.SizeGib,
            backup.Name,
            backup.Description,
            backup.Container,
            backup.ParentId,
            backup.RootId,
            backup.Manifest!,
            backup.Blocks,
            backup.StoredBytes,
            backup.DataAt
        )
        {
            Folder = backup.FolderId,
            Zone = backup.Zone,
            Bootable = backup.Bootable,
            Image = Volumes.Volume.PairsOf(backup.ImageMetadata),
        };

    public string ToText() =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(this, BlockStorageJson.Default.BackupRecord));

    /// <exception cref="Fault">BadRequest for what is no such text.</exception>
    public static BackupRecord Parse(string text)
    {
        try
        {
            var json = Encoding.UTF8.GetString(Convert.FromBase64String(text));
            return
                JsonSerializer.Deserialize(json, BlockStorageJson.Default.BackupRecord)
                    is {
                        Manifest.Length: BackupBlobs.Digits,
                        Container.Length: > 0,
                        Gib: > 0,
                        Blocks: >= 0,
                        Zone: null or { Length: > 0 and <= LongestZone }
                    } record
                ? record
                : throw Fault.BadRequest("Invalid input received: Can't parse backup record.");
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw Fault.BadRequest("Invalid input received: Can't parse backup record.");
        }
    }
}
