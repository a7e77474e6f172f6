using Pipeline.Benchmarks.Clouds;
using Pipeline.Drivers;

namespace Pipeline.Benchmarks.Groups;

/// <summary>A disk with xfs on it, a file of the benchmark's, and a network of its own, for NFS has fixed ports. Both need root.</summary>
internal sealed class StorageDisk : IAsyncDisposable
{
    private readonly Command _command;
    private readonly string _mount;

    private StorageDisk(Command command, string mount) => (_command, _mount) = (command, mount);

    public string Folder => _mount;

    public string Space { get; } = $"pipeline-bench-{Guid.NewGuid():N}"[..24];

    public static async Task<StorageDisk> MakeAsync(Bench bench)
    {
        var (file, mount) = (Path.Combine(bench.Folder, "disk"), Path.Combine(bench.Folder, "mnt"));
        Directory.CreateDirectory(mount);
        var disk = new StorageDisk(new Command(bench.Time), mount);
        try
        {
            await disk.RunAsync("truncate", "-s", "8G", file);
            await disk.RunAsync("mkfs.xfs", "-q", "-m", "reflink=1", file);
            await disk.RunAsync("mount", "-o", "loop", file, mount);
            await disk.RunAsync("ip", "netns", "add", disk.Space);
            await disk.RunAsync("ip", "-n", disk.Space, "link", "add", "nfs0", "type", "veth", "peer", "name", "nfs1");
            await disk.RunAsync("ip", "-n", disk.Space, "addr", "add", "10.77.0.1/24", "dev", "nfs0");
            foreach (var link in (string[])["lo", "nfs0", "nfs1"])
                await disk.RunAsync("ip", "-n", disk.Space, "link", "set", link, "up");
            return disk;
        }
        catch
        {
            await disk.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (await PidsAsync() is { Length: > 0 } processes)
            await TryAsync("kill", ["-9", "--", .. processes]);
        await TryAsync("ip", "netns", "delete", Space);
        var run = Path.GetDirectoryName(_mount)!;
        foreach (var server in Directory.EnumerateDirectories(run, "iscsi-*", SearchOption.AllDirectories))
            await TryAsync("env", $"TGT_IPC_SOCKET={server}/tgtd", "tgtadm", "--op", "delete", "--mode", "system");
        await TryAsync("umount", "-l", _mount);
    }

    private async Task<string[]> PidsAsync() =>
        File.Exists($"/run/netns/{Space}")
            ? (await TryAsync("ip", "netns", "pids", Space)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : [];

    private Task RunAsync(string program, params string[] arguments) =>
        _command.RunAsync(new(program, arguments, Limit: TimeSpan.FromMinutes(1)), CancellationToken.None);

    private async Task<string> TryAsync(string program, params string[] arguments) =>
        (await _command.TryAsync(new(program, arguments), CancellationToken.None)).Output;
}
