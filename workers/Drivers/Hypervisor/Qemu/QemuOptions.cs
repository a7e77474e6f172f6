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

    /// <summary>Where short names for a deep data folder are kept; emptied by a reboot.</summary>
    public string RuntimeDir { get; init; } = "/run/pipeline";
}
