using System.Text;
using System.Text.Json;

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
    /// <summary>What keeps the parts (Cinder's `backup_service`).</summary>
    public const string Service = "pipeline.blobs";

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
        );

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
                    is { Manifest.Length: BackupBlobs.Digits, Container.Length: > 0, Gib: > 0, Blocks: >= 0 } record
                ? record
                : throw Fault.BadRequest("Invalid input received: Can't parse backup record.");
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw Fault.BadRequest("Invalid input received: Can't parse backup record.");
        }
    }
}
