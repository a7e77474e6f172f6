using Pipeline.BlockStorage.Volumes;

namespace Pipeline.BlockStorage.Backups;

/// <summary>What a client asks for: the body of `POST /backups`, read and checked for form alone.</summary>
internal sealed record NewBackup(
    string Volume,
    string? Snapshot,
    string? Name,
    string? Description,
    string Container,
    bool Incremental,
    bool Force
)
{
    public static NewBackup Read(Fields body)
    {
        var order = body.Object("backup");
        order.Only("volume_id", "snapshot_id", "name", "description", "container", "incremental", "force");
        return new(
            order["volume_id"].String(),
            order.Nullable("snapshot_id")?.String(),
            NewVolume.NameOf(order.Nullable("name")),
            NewVolume.NameOf(order.Nullable("description")),
            order.Nullable("container")?.String(1) ?? Backup.UsualContainer,
            order.Nullable("incremental")?.Bool(text: true) ?? false,
            order.Nullable("force")?.Bool(text: true) ?? false
        );
    }
}
