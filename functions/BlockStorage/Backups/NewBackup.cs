using Pipeline.BlockStorage.Volumes;

namespace Pipeline.BlockStorage.Backups;

/// <summary>What a client asks for: the body of `POST /backups`, read and checked for form alone.</summary>
/// <param name="Container">Where it is to lie, or another word; null for where its host keeps backups.</param>
internal sealed record NewBackup(
    string Volume,
    string? Snapshot,
    string? Name,
    string? Description,
    string? Container,
    bool Incremental,
    bool Force
)
{
    public Dictionary<string, string> Metadata { get; init; } = [];

    /// <summary>Where it is to be made; null for the volume's.</summary>
    public string? Zone { get; init; }

    public static NewBackup Read(Fields body, Microversion version)
    {
        var order = body.Object("backup");
        string[] known = ["volume_id", "snapshot_id", "name", "description", "container", "incremental", "force"];
        order.Only([
            .. known,
            .. version < VolumeVersions.BackupMetadata ? [] : (string[])["metadata"],
            .. version < VolumeVersions.BackupZone ? [] : (string[])["availability_zone"],
        ]);
        return new(
            order["volume_id"].String(),
            order.Nullable("snapshot_id")?.String(),
            NewVolume.NameOf(order.Nullable("name")),
            NewVolume.NameOf(order.Nullable("description")),
            order.Nullable("container")?.String(1),
            order.Nullable("incremental")?.Bool(text: true) ?? false,
            order.Nullable("force")?.Bool(text: true) ?? false
        )
        {
            Metadata = order.Nullable("metadata")?.Object().StringMap() ?? [],
            Zone = order.Nullable("availability_zone")?.String(1),
        };
    }
}
