namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <param name="DataDir">The agent's data folder, a full path; guests lie in `guests/{server id}` below it.</param>
/// <param name="Cloud">The cloud's id; guests of another cloud are neither listed nor touched.</param>
public sealed record QemuOptions(string DataDir, string Cloud)
{
    /// <summary>QEMU's name in PATH, or its full path.</summary>
    public string Binary { get; init; } = "qemu-system-x86_64";

    /// <summary>`kvm` or `tcg`; null takes KVM where it really runs a guest.</summary>
    public string? Accelerator { get; init; }

    /// <summary>How long QEMU may take from its start until it answers.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a running guest may take to let go of a disk before its detaching is refused.</summary>
    public TimeSpan DetachGrace { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>How long writes to a network volume wait for a server that is gone before the guest is stopped; whole seconds.</summary>
    public TimeSpan ReconnectLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether a guest is told at once that its volume cannot be reached or is full, instead of standing still until it can.</summary>
    public bool ReportsIoErrors { get; init; }

    /// <summary>How often guests are looked at that stopped because a volume of theirs could not be reached.</summary>
    public TimeSpan ReviveEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where short names for a deep data folder are kept; emptied by a reboot.</summary>
    public string RuntimeDir { get; init; } = "/run/pipeline";
}
