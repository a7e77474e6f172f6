using System.Text.Json;
using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;
using UnmanagedVolume = Pipeline.Contracts.Drivers.UnmanagedVolume;

namespace Pipeline.BlockStorage.Manageable;

/// <summary>What lies on a backend: a volume, or what one could be made of.</summary>
/// <param name="Name">By which it is asked for.</param>
/// <param name="Known">The volume that it is; null when it is none.</param>
/// <param name="Unsafe">Why it cannot be managed; null when it can.</param>
internal sealed record ManageableVolume(string Name, long Gib, VolumeId? Known, string? Unsafe)
{
    public static ManageableVolume Of(UnmanagedVolume found) => new(found.Name, found.Gib, null, found.Unfit);

    /// <summary>The name by which a volume lies on its backend once it is let go.</summary>
    public static string NameOf(VolumeId id) => $"volume-{id}";

    /// <summary>The volumes that a backend has, by the names that they would have there.</summary>
    public static async ValueTask<IReadOnlyList<ManageableVolume>> ListManagedAsync(Tx tx, BackendRow backend)
    {
        var rows = await tx.ListAsync<Row>(
            $"""
            SELECT id, size_gib FROM volumes WHERE host_id = @HostId AND backend = @Name
                AND status NOT IN ('{VolumeStatus.Managing}', '{VolumeStatus.ErrorManaging}') ORDER BY id
            """,
            new { backend.HostId, backend.Name }
        );
        return [.. rows.Select(row => new ManageableVolume(NameOf(row.Id), row.SizeGib, row.Id, "already managed"))];
    }

    public void Write(Utf8JsonWriter w, bool detail)
    {
        w.WriteStartObject();
        w.WriteStartObject("reference");
        w.WriteString("source-name", Name);
        w.WriteEndObject();
        w.WriteNumber("size", Gib);
        w.WriteBoolean("safe_to_manage", Unsafe is null);
        if (detail)
        {
            w.WriteString("reason_not_safe", Unsafe);
            w.WriteString("cinder_id", Known?.ToString());
            w.WriteNull("extra_info");
        }
        w.WriteEndObject();
    }

    private sealed record Row
    {
        public VolumeId Id { get; init; }
        public long SizeGib { get; init; }
    }
}
