using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Volume.Nfs;

namespace Pipeline.Drivers.Tests.Volume;

/// <summary>A network of a test's own, with a storage host and its clients in it.</summary>
internal sealed class NfsHost(string space)
{
    private const int Kill = 9;

    private readonly Command _command = new(TimeProvider.System);

    public string Space => space;

    public async Task MakeAsync(string address)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root has networks of its own");
        Assert.SkipWhen(NfsServer.Problem is not null, NfsServer.Problem ?? "");
        await RunAsync("netns", "add", space);
        await RunAsync("-n", space, "link", "set", "lo", "up");
        await RunAsync("-n", space, "link", "add", "nfs0", "type", "veth", "peer", "name", "nfs1");
        await RunAsync("-n", space, "addr", "add", $"{address}/24", "dev", "nfs0");
        foreach (var link in (string[])["nfs0", "nfs1"])
            await RunAsync("-n", space, "link", "set", link, "up");
    }

    public async Task<QemuIoClient> ConnectAsync(VolumeConnection connection, ExportSpec spec)
    {
        Assert.Equal("nfs", connection.Protocol);
        var way = connection.Properties;
        var server = $"file.server.type=inet,file.server.host={way["server"]}";
        var options = $"driver={way["format"]},file.driver=nfs,{server},file.path={way["share"]}/{way["path"]}";
        return await QemuIoClient.ConnectAsync(options, spec.IsReadOnly, secret: null, space);
    }

    /// <summary>Servers, and who has a volume open.</summary>
    public async Task<string[]> ProcessesAsync() => (await RunAsync("netns", "pids", space)).Split('\n', Words);

    /// <summary>All that runs there ends at once.</summary>
    public async Task GoDownAsync()
    {
        while (await ProcessesAsync() is { Length: > 0 } processes)
            await _command.TryAsync(new("kill", [$"-{Kill}", "--", .. processes]), CancellationToken.None);
    }

    public async Task KillServerAsync(string run)
    {
        var config = Assert.Single(ConfigsIn(run));
        var server = new Daemon(
            Path.ChangeExtension(config, "pid"),
            arguments => arguments.Contains(config),
            TimeProvider.System
        );
        Assert.True(server.Signal(Kill));
        while (server.FindId() is not null)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
    }

    public string[] ConfigsIn(string run) => Directory.GetFiles(run, "ganesha.conf", SearchOption.AllDirectories);

    /// <summary>Whose a file is and who may.</summary>
    public async Task<string> OwnerAsync(string path) =>
        (await _command.RunAsync(new("stat", ["-c", "%u %a", "--", path]), CancellationToken.None)).Trim();

    public async Task RemoveAsync()
    {
        if (!File.Exists($"/run/netns/{space}"))
            return;
        await GoDownAsync();
        await RunAsync("netns", "delete", space);
    }

    private const StringSplitOptions Words = StringSplitOptions.RemoveEmptyEntries;

    private Task<string> RunAsync(params string[] arguments) =>
        _command.RunAsync(new("ip", arguments), CancellationToken.None);
}
