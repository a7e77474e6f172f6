using System.Diagnostics;
using Pipeline.Agent.Metadata;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Services.Tests.Agent.Metadata;

/// <summary>A host of a test's own with real networks, whose guests are namespaces; all is removed at the end.</summary>
public sealed class MetadataHost : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pipeline-").FullName;
    private readonly string _cloud = $"cloud-{Guid.NewGuid():N}";
    private readonly string _space = NewSpace();
    private readonly List<string> _spaces = [];

    private MetadataHost() { }

    internal string Data => Path.Combine(_folder, "data");

    internal MetadataFolder Folder => new(Data);

    internal Command Command { get; } = new(TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<MetadataHost> StartAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "namespaces need root");
        var host = new MetadataHost();
        File.SetUnixFileMode(host._folder, (UnixFileMode)0b111_101_101);
        await host.AddSpaceAsync(host._space);
        return host;
    }

    /// <summary>The agent's side, as a new agent makes it.</summary>
    internal GuestDocuments NewDocuments() => new(Data, Command, count => new byte[count], TimeProvider.System);

    internal HostNetwork NewNetwork() => Servers.Network(_cloud, new NetworkId(Guid.NewGuid()));

    /// <summary>A guest of the network with the addresses, 10.0.0.11 when none is said; returns its namespace.</summary>
    internal async Task<string> AttachAsync(HostNetwork network, HostPort port, params string[] addresses)
    {
        var listensIn = await Driver().EnsureNetworkAsync(network, Ct);
        var device = await Driver().EnsurePortAsync(port, Ct);
        using var documents = NewDocuments();
        await documents.EnsureNetworkAsync(network.Id, listensIn!, Ct);
        var space = NewSpace();
        await AddSpaceAsync(space);
        await IpAsync(_space, $"link set {device} netns {space}");
        string[] up =
        [
            $"link set {device} name eth0 address {port.Mac}",
            "link set eth0 up",
            .. addresses.DefaultIfEmpty("10.0.0.11").Select(address => $"address add {address}/24 dev eth0"),
        ];
        await IpAsync(space, [.. up, "route add 169.254.169.254/32 via 10.0.0.2"]);
        return space;
    }

    /// <summary>A guest with documents in a network of its own; the first one's id is <see cref="Servers.Id"/>.</summary>
    internal async Task<(string Guest, HostNetwork Network, HostPort Port)> NewGuestAsync(
        string name,
        byte[]? userData = null
    )
    {
        var network = NewNetwork();
        var port = Servers.Port(network, new PortId(Guid.NewGuid()));
        var id = File.Exists(Folder.ServerFile(Servers.Id)) ? new ServerId(Guid.NewGuid()) : Servers.Id;
        using var documents = NewDocuments();
        await documents.PutAsync(Servers.Order(id, name, network, port), userData, null, Ct);
        return (await AttachAsync(network, port), network, port);
    }

    internal Task RemoveNetworkAsync(NetworkId id) => Driver().RemoveNetworkAsync(id, Ct);

    internal async Task<string> GetAsync(string space, string path, params string[] options)
    {
        string[] patience = ["--silent", "--max-time", "20", "--retry", "5", "--retry-connrefused"];
        string[] arguments =
        [
            $"--net=/run/netns/{space}",
            "curl",
            .. patience,
            .. options,
            $"http://169.254.169.254{path}",
        ];
        return (
            await Command.TryAsync(new Invocation("nsenter", arguments, Limit: TimeSpan.FromMinutes(1)), Ct)
        ).Output;
    }

    /// <summary>How the agent starts the service.</summary>
    internal Invocation StartOfService()
    {
        SafeFile.MakeFolder(Folder.Path);
        return MetadataProcess.StartOf(Data);
    }

    internal async Task<int> ServiceStartsAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (ServiceId() is { } id)
                return id;
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(60), "the service starts");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Ct);
        }
    }

    internal int? ServiceId() =>
        File.Exists(Folder.PidFile) && int.TryParse(File.ReadAllText(Folder.PidFile), out var id) && Lives(id)
            ? id
            : null;

    public async ValueTask DisposeAsync()
    {
        try
        {
            await new MetadataProcess(Folder, Data, Command, TimeProvider.System).StopAsync(CancellationToken.None);
            foreach (var id in (await Driver().ListAsync(CancellationToken.None)).Networks)
                await Driver().RemoveNetworkAsync(id, CancellationToken.None);
        }
        finally
        {
            foreach (var space in _spaces)
                await Command.TryAsync(new Invocation("ip", ["netns", "delete", space]), CancellationToken.None);
            Directory.Delete(_folder, recursive: true);
        }
    }

    private LinuxBridgeDriver Driver()
    {
        var options = new LinuxBridgeOptions(_cloud, Data)
        {
            Run = Path.Combine(_folder, "run"),
            Device = PortDevice.Veth,
            HostNamespace = _space,
        };
        return new LinuxBridgeDriver(options, Command, TimeProvider.System);
    }

    private static bool Lives(int id) =>
        File.Exists($"/proc/{id}/cmdline") && File.ReadAllText($"/proc/{id}/cmdline").Length > 0;

    private Task IpAsync(string space, params string[] changes) =>
        Command.RunAsync(new Invocation("ip", ["-netns", space, "-batch", "-"], string.Join('\n', changes) + "\n"), Ct);

    private async Task AddSpaceAsync(string name)
    {
        await Command.RunAsync(new Invocation("ip", ["netns", "add", name]), Ct);
        _spaces.Add(name);
    }

    private static string NewSpace() => $"pltest-{Guid.NewGuid().ToString("N")[..12]}";
}
