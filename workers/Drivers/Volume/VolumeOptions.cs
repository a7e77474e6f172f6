using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Drivers.Volume;

/// <param name="Folder">Where the backend keeps its volumes, a full path; below it each cloud has a folder of its own.</param>
/// <param name="Cloud">The cloud's id; what another one has is neither listed nor touched.</param>
public sealed record VolumeOptions(string Folder, string Cloud)
{
    /// <summary>qemu-img's name in PATH, or its full path.</summary>
    public string Binary { get; init; } = "qemu-img";

    /// <summary>Bytes that stay free for what the volumes here will yet grow by.</summary>
    public long ReservedBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Bytes of a folder's file system: all, and those that are free.</summary>
    public Func<string, (long Total, long Free)> Room { get; init; } =
        folder => (new DriveInfo(folder).TotalSize, new DriveInfo(folder).AvailableFreeSpace);

    internal string Root => Path.Combine(Path.GetFullPath(Folder), Cloud);

    /// <summary>Tells what the host has of this backend outside its folder from that of others; 12 letters and digits.</summary>
    internal string Key => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Root)))[..12];

    /// <summary>The folder of a server of this backend, for root alone.</summary>
    internal string RunOf(string run, string kind) => Path.Combine(run, Cloud, $"{kind}-{Key}");

    /// <summary>Makes it; servers of other kinds, which are not root, have theirs beside it.</summary>
    internal void MakeRun(string run, string kind)
    {
        new RunFolder(run, Path.Combine(run, Cloud)).Make();
        SafeFile.MakeFolder(RunOf(run, kind));
    }
}
