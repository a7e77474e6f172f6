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
/// <param name="RootDisk">Path of the root disk, a qcow2 file made by the disk driver.</param>
/// <param name="ConfigDrive">Files of the config drive (label `config-2`) by path; null for none.</param>
public sealed record GuestSpec(
    ServerId Id,
    string Cloud,
    string Name,
    int Vcpus,
    int MemoryMib,
    string RootDisk,
    IReadOnlyList<GuestNic> Nics,
    IReadOnlyDictionary<string, byte[]>? ConfigDrive
);

/// <param name="Device">The host's tap device, made by the network driver; null for none (a fake network).</param>
public sealed record GuestNic(PortId Port, string Mac, string? Device, int Mtu);
