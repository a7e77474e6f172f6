using System.Diagnostics;
using Pipeline.Drivers.Tests.Volume;

[assembly: AssemblyFixture(typeof(ReflinkDisk))]

namespace Pipeline.Drivers.Tests.Volume;

/// <summary>
/// A disk with xfs on it, a file of the tests' own. A shell holds it and takes it away when its input ends, which it does
/// however the tests end.
/// </summary>
public sealed class ReflinkDisk : IDisposable
{
    private const string Script = """
        cd "$1" && truncate -s 2G disk && mkfs.xfs -q -m reflink=1 disk && mkdir mnt && mount -o loop disk mnt || exit 1
        rm disk
        echo ready
        cat >/dev/null
        umount mnt || umount -l mnt
        rmdir mnt
        """;

    private readonly Lazy<(Process? Shell, TempFolder? Folder, string? Problem)> _disk = new(Make);

    /// <summary>A new folder on it; the test is skipped where there can be none.</summary>
    public string NewFolder()
    {
        var (_, folder, problem) = _disk.Value;
        Assert.SkipWhen(problem is not null, $"no disk with xfs: {problem}");
        return Directory.CreateDirectory(Path.Combine(folder!.In("mnt"), Guid.NewGuid().ToString("N"))).FullName;
    }

    public void Dispose()
    {
        if (!_disk.IsValueCreated || _disk.Value.Shell is not { } shell)
            return;
        shell.StandardInput.Close();
        shell.WaitForExit();
        shell.Dispose();
        _disk.Value.Folder!.Dispose();
    }

    private static (Process?, TempFolder?, string?) Make()
    {
        if (!Environment.IsPrivilegedProcess)
            return (null, null, "only root mounts");
        if (Command.Find("mkfs.xfs") is null)
            return (null, null, "xfsprogs is not installed");
        var folder = new TempFolder();
        var start = new ProcessStartInfo("setsid", ["bash", "-c", Script, "disk", folder.Path])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var shell = Process.Start(start)!;
        if (shell.StandardOutput.ReadLine() == "ready")
            return (shell, folder, null);
        var problem = shell.StandardError.ReadToEnd();
        folder.Dispose();
        return (null, null, problem);
    }
}
