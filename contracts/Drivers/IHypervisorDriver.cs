using System.Text.Json.Serialization;

namespace Pipeline.Contracts.Drivers;

/// <summary>Runs guests. Every member ensures: called twice it ends where once ends; absent is success for removal.</summary>
/// <remarks>Guests are not children of the agent: they outlive it, and a new agent finds them by <see cref="ListGuestsAsync"/>.</remarks>
public interface IHypervisorDriver : IDriver
{
    /// <summary>Defines the guest and runs it. A running guest of this id is left as it is.</summary>
    /// <exception cref="Fault">DriverFailed when it will not start, with the hypervisor's own words; DiskFull.</exception>
    Task<GuestStatus> EnsureGuestAsync(GuestSpec spec, CancellationToken ct);

    /// <summary>Stops the guest at once and removes all that the driver made for it.</summary>
    Task DestroyGuestAsync(ServerId id, CancellationToken ct);

    /// <summary>Runs a defined guest that is off, from the definition kept on the host.</summary>
    /// <exception cref="Fault">NotFound when no such guest is defined here.</exception>
    Task<GuestStatus> StartGuestAsync(ServerId id, CancellationToken ct);

    /// <summary>Asks the guest to power off; after <paramref name="grace"/> (zero: at once) pulls the plug.</summary>
    /// <exception cref="Fault">NotFound when no such guest is defined here; one that is off already is success.</exception>
    Task<GuestStatus> StopGuestAsync(ServerId id, TimeSpan grace, CancellationToken ct);

    /// <summary>The serial console's text since the guest was made, at most its last MiB; empty before the first line.</summary>
    /// <exception cref="Fault">NotFound when no such guest is defined here.</exception>
    Task<string> ReadConsoleAsync(ServerId id, CancellationToken ct);

    /// <summary>All guests this driver holds for this cloud, running or not.</summary>
    IAsyncEnumerable<GuestStatus> ListGuestsAsync(CancellationToken ct);
}

public enum GuestState
{
    Off,
    Running,
}

public sealed record GuestStatus(ServerId Id, GuestState State);

/// <param name="Id">Names everything made for the guest.</param>
/// <param name="Cloud">The cloud's id, written beside the guest so that another cloud's sweep leaves it alone.</param>
/// <param name="RootDisk">Path of the root disk, a qcow2 file made by the disk driver; null when the guest boots from a volume.</param>
/// <param name="ConfigDrive">Files of the config drive (label `config-2`) by path; null for none.</param>
public sealed record GuestSpec(
    ServerId Id,
    string Cloud,
    string Name,
    int Vcpus,
    int MemoryMib,
    string? RootDisk,
    IReadOnlyList<GuestNic> Nics,
    IReadOnlyDictionary<string, byte[]>? ConfigDrive
)
{
    /// <summary>Volumes that it has from its first start; null for none. What it is given later it keeps beside them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<GuestVolume>? Volumes { get; init; }
}

/// <param name="Device">The host's tap device, made by the network driver; null for none (a fake network).</param>
public sealed record GuestNic(PortId Port, string Mac, string? Device, int Mtu);

/// <summary>Volumes as disks of guests. A guest that is off has them when it is started again.</summary>
public interface IGuestVolumes
{
    /// <summary>Gives the guest a disk; one that it has already, by this attachment, is left as it is.</summary>
    /// <returns>The device's name in the guest, as `/dev/vdb`.</returns>
    /// <exception cref="Fault">NotFound when no such guest is defined here; Conflict when no slot is free or the name is taken; DriverFailed when the volume cannot be reached.</exception>
    Task<string> AttachVolumeAsync(ServerId id, GuestVolume volume, CancellationToken ct);

    /// <summary>Takes it away, once the guest has let go of it; no such disk, or no such guest, is success.</summary>
    /// <exception cref="Fault">Conflict when a running guest has not let go of it within the driver's grace.</exception>
    Task DetachVolumeAsync(ServerId id, AttachmentId attachment, CancellationToken ct);

    /// <summary>Shows a running guest that its disk has grown to so many bytes; no such disk, or a guest that is off, is success.</summary>
    Task ResizeVolumeAsync(ServerId id, AttachmentId attachment, long bytes, CancellationToken ct);
}

/// <param name="Device">Wanted name in the guest; null for the next that is free.</param>
/// <param name="BootIndex">0 for the disk that the guest boots from.</param>
/// <param name="Password">Secret; it is never part of a command line.</param>
/// <param name="Limits">`total_iops_sec`, `read_bytes_sec` and so on (QEMU's throttling by Cinder's names); null for none.</param>
public sealed record GuestVolume(
    AttachmentId Attachment,
    VolumeId Volume,
    VolumeConnection Connection,
    bool IsReadOnly,
    string? Device,
    int? BootIndex = null,
    string? Password = null,
    IReadOnlyDictionary<string, long>? Limits = null
)
{
    /// <summary>The attachment whose device it took over by a swap, and goes on by; null: its own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AttachmentId? Seat { get; init; }
}
