using System.Text.Json.Serialization;

namespace Pipeline.Contracts.Drivers;

/// <summary>
/// A backend's operator may put a volume there, and may have one: what is not managed lies apart, known by a name, and nothing here
/// touches it. It becomes a volume in place, and a volume becomes such a thing.
/// </summary>
public interface IVolumeAdoption
{
    /// <summary>All that lies there, fit or not, in the order of names.</summary>
    Task<IReadOnlyList<UnmanagedVolume>> ListUnmanagedAsync(CancellationToken ct);

    /// <summary>Makes a volume of what has the name, and grows it to the size; the name is nobody's then.</summary>
    /// <exception cref="Fault">NotFound; BadRequest when it is larger, or is not fit; Conflict while a process has it open.</exception>
    Task AdoptAsync(VolumeSpec spec, string name, CancellationToken ct);

    /// <summary>
    /// Lets a volume go: what it holds lies under the name then, or, where that is another's, under one that begins with it. One that is
    /// not here has been let go.
    /// </summary>
    /// <exception cref="Fault">BadRequest for a name that none can have; Conflict while it is exported, or has snapshots.</exception>
    Task ReleaseAsync(VolumeId id, string name, CancellationToken ct);
}

/// <param name="Bytes">As many as a guest would see.</param>
/// <param name="Unfit">Why no volume can be made of it as it is; null when one can.</param>
public sealed record UnmanagedVolume(string Name, long Bytes, string? Unfit = null)
{
    /// <summary>The GiB of a volume that holds it.</summary>
    [JsonIgnore]
    public long Gib => Math.Max(1, (Bytes + (1L << 30) - 1) >> 30);
}
