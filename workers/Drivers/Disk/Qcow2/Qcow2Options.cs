namespace Pipeline.Drivers.Disk.Qcow2;

/// <param name="DataDir">The agent's data folder, a full path; disks lie in `disks/{server id}` below it.</param>
/// <param name="Cloud">The cloud's id; disks of another cloud are neither listed nor touched.</param>
public sealed record Qcow2Options(string DataDir, string Cloud)
{
    /// <summary>qemu-img's name in PATH, or its full path.</summary>
    public string Binary { get; init; } = "qemu-img";

    /// <summary>Bytes that stay free for what the disks here will yet grow by.</summary>
    public long ReservedBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Bytes free in the file system of a folder.</summary>
    public Func<string, long> FreeBytes { get; init; } = folder => new DriveInfo(folder).AvailableFreeSpace;
}
