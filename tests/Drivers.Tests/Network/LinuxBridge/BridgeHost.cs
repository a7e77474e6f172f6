using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;
using Pipeline.Drivers.Router.LinuxRouter;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>A host of a test's own: a namespace for its devices and one for each guest; all is removed at the end.</summary>
public sealed class BridgeHost : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly HashSet<string> _clouds = new(StringComparer.Ordinal);
    private readonly List<string> _spaces = [];

    private BridgeHost() { }

    /// <summary>A cloud of the test's own: what is made on a machine is there for every test of it.</summary>
    internal string Cloud { get; private init; } = $"cloud-{Guid.NewGuid():N}";

    /// <summary>Tells it from the other hosts of its cloud; null where it is the only one.</summary>
    private string? Name { get; init; }

    /// <summary>Its address towards the other hosts.</summary>
    internal string? Underlay { get; private init; }

    internal Command Command { get; } = new(TimeProvider.System);

    internal string Space { get; } = NewName();

    internal Spaces Spaces => new(Name);

    /// <summary>Bridges of this host by the physical network that they lead into.</summary>
    internal Dictionary<string, string> PhysicalNetworks { get; } = [];

    /// <summary>Its addresses towards other hosts, with their prefix lengths.</summary>
    internal List<string> HostAddresses { get; } = [];

    internal List<IPEndPoint> Apis { get; } = [];

    internal string Data => _folder.In("data");

    internal string Run => _folder.In("run");

    /// <summary>The program by which its routers advertise; another one is that of a host which has none.</summary>
    internal string Radvd { get; set; } = "radvd";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static Task<BridgeHost> StartAsync() => StartAsync(new BridgeHost());

    /// <summary>Two hosts of one cloud, joined by a cable.</summary>
    internal static async Task<(BridgeHost First, BridgeHost Second)> StartTwoAsync()
    {
        var tag = Guid.NewGuid().ToString("N")[..4];
        var first = await StartAsync(new BridgeHost { Name = $"t{tag}a", Underlay = "192.168.99.1" });
        var second = await StartAsync(
            new BridgeHost
            {
                Name = $"t{tag}b",
                Underlay = "192.168.99.2",
                Cloud = first.Cloud,
            }
        );
        await first.IpAsync(first.Space, $"link add underlay type veth peer name underlay netns {second.Space}");
        foreach (var host in (BridgeHost[])[first, second])
            await host.IpAsync(host.Space, $"address add {host.Underlay}/24 dev underlay", "link set underlay up");
        return (first, second);
    }

    private static async Task<BridgeHost> StartAsync(BridgeHost host)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "namespaces need root");
        File.SetUnixFileMode(host._folder.Path, (UnixFileMode)0b111_101_101);
        await host.AddSpaceAsync(host.Space);
        return host;
    }

    internal LinuxBridgeDriver Driver(string? cloud = null, PortDevice device = PortDevice.Veth)
    {
        _clouds.Add(cloud ?? Cloud);
        var options = new LinuxBridgeOptions(cloud ?? Cloud, Path.Combine(Data, cloud ?? Cloud))
        {
            Run = Run,
            Device = device,
            HostNamespace = Space,
            Host = Name,
            Underlay = Underlay,
            PhysicalNetworks = PhysicalNetworks,
            HostAddresses = HostAddresses,
            Apis = Apis,
        };
        return new LinuxBridgeDriver(options, Command, TimeProvider.System);
    }

    internal LinuxRouterDriver Router(string? cloud = null) =>
        new(
            new LinuxRouterOptions(cloud ?? Cloud)
            {
                HostNamespace = Space,
                Host = Name,
                Run = Run,
                Radvd = Radvd,
            },
            Command,
            TimeProvider.System
        );

    /// <summary>Makes the ports' network and the ports.</summary>
    internal async Task EnsureAsync(HostNetwork network, params HostPort[] ports)
    {
        await Driver().EnsureNetworkAsync(network, Ct);
        foreach (var port in ports)
            await Driver().EnsurePortAsync(port, Ct);
    }

    /// <summary>A guest with a network stack of its own, attached to the port. Its addresses are as the port has them.</summary>
    /// <param name="hasty">See <see cref="AttachHastyAsync"/>.</param>
    internal async Task<Guest> AttachAsync(HostPort port, bool addressed = true, bool hasty = false)
    {
        var space = NewName();
        await AddSpaceAsync(space);
        if (hasty)
            await TryAsync(space, "sysctl", ["-q", "-w", .. Hasty]);
        var device = await Driver().EnsurePortAsync(port, Ct);
        await IpAsync(Space, $"link set {device} netns {space}");
        await IpAsync(space, $"link set {device} name eth0 address {port.Mac}", "link set lo up", "link set eth0 up");
        var guest = new Guest(this, space);
        if (addressed)
            foreach (var address in port.Addresses)
                await IpAsync(
                    space,
                    $"address add {address.Address}{(address.Address.Contains(':') ? "/64" : "/24")} dev eth0"
                );
        return guest;
    }

    /// <summary>A guest that speaks IPv6 at once: it neither asks whether its addresses are taken nor waits before it looks for routers.</summary>
    internal Task<Guest> AttachHastyAsync(HostPort port, bool addressed = true) =>
        AttachAsync(port, addressed, hasty: true);

    private static readonly string[] Hasty =
    [
        "net.ipv6.conf.all.accept_dad=0",
        "net.ipv6.conf.default.accept_dad=0",
        "net.ipv6.conf.default.router_solicitation_delay=0",
    ];

    /// <summary>What limits a port, as the kernel says it; nothing else of limits is there.</summary>
    internal async Task<(HostLimit? Ingress, HostLimit? Egress)> LimitsAsync(HostPort port)
    {
        if (!Spaces.Exists(port.Network))
            return (null, null);
        var space = Spaces.NameOf(port.Network);
        var links = (await new Links(Command, Space).ListAsync(space, Ct)).Select(link => link.Name).ToHashSet();
        var queues = await RunAsync(new Invocation("tc", ["-netns", space, "-json", "qdisc", "show"]));
        var kinds = JsonElement
            .Parse(queues)
            .EnumerateArray()
            .ToLookup(queue => queue.GetProperty("dev").GetString()!, queue => queue);
        Assert.Equal(links.Contains(Names.Limit(port.Id)), kinds[Names.Port(port.Id)].Any(IsDetour));
        return (LimitOf(kinds[Names.Port(port.Id)]), LimitOf(kinds[Names.Limit(port.Id)]));
    }

    private static bool IsDetour(JsonElement queue) => queue.GetProperty("kind").ValueEquals("clsact");

    internal static HostLimit? LimitOf(IEnumerable<JsonElement> queues)
    {
        var bucket = queues.SingleOrDefault(queue => queue.GetProperty("kind").ValueEquals("tbf"));
        if (bucket.ValueKind == JsonValueKind.Undefined)
            return null;
        // `tc` works a burst out of the time that it takes, and is short of it by a byte.
        int Kilobits(string name) => (int)((bucket.GetProperty("options").GetProperty(name).GetInt64() + 62) / 125);
        return new(Kilobits("rate"), Kilobits("burst"));
    }

    internal Task IpAsync(string space, params string[] changes) =>
        RunAsync(new Invocation("ip", ["-netns", space, "-batch", "-"], string.Join('\n', changes) + "\n"));

    internal Task<string> RunAsync(Invocation invocation) => Command.RunAsync(invocation, Ct);

    /// <summary>Runs a program in a namespace.</summary>
    internal Task<CommandOutcome> TryAsync(string space, string program, params string[] arguments) =>
        Command.TryAsync(new Invocation("nsenter", [$"--net=/run/netns/{space}", program, .. arguments]), Ct);

    /// <summary>Takes away what does not outlive a reboot: processes, namespaces with all in them, and what lies in `/run`.</summary>
    internal async Task RebootAsync(IReadOnlyList<NetworkId> networks, RouterId? router)
    {
        List<Process> Daemons() =>
            [.. networks.SelectMany(DhcpServers), .. router is { } known ? Advertisers(known) : []];
        Daemons().ForEach(process => process.Kill());
        await Eventually.IsTrueAsync(() => Task.FromResult(Daemons().Count == 0), "the host's processes have ended");
        string[] routers = router is null ? [] : [$"pl-router-{router}"];
        foreach (var space in (string[])[.. networks.Select(Spaces.NameOf), .. routers, Space])
            await RunAsync(new Invocation("ip", ["netns", "delete", space]));
        await RunAsync(new Invocation("ip", ["netns", "add", Space]));
        Directory.Delete(Run, recursive: true);
    }

    internal string NewScript(string text)
    {
        var path = _folder.In(NewName());
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>The processes that serve the network's leases: one, if all is well.</summary>
    internal IReadOnlyList<Process> DhcpServers(NetworkId id) => ProcessesOf("dnsmasq", $"{id}");

    /// <summary>The processes that advertise a router: one and its helper, if all is well.</summary>
    internal IReadOnlyList<Process> Advertisers(RouterId id) => ProcessesOf("radvd", $"router-{id}");

    private IReadOnlyList<Process> ProcessesOf(string program, string folder) =>
        [
            .. Process
                .GetProcessesByName(program)
                .Where(process => ArgumentsOf(process).Contains($"{Path.Combine(Run, Cloud, Name ?? "", folder)}/"))
                .OrderBy(process => process.Id),
        ];

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (var router in await Router().ListRoutersAsync(CancellationToken.None))
                await Router().RemoveRouterAsync(router, CancellationToken.None);
            foreach (var cloud in _clouds)
            foreach (var id in (await Driver(cloud).ListAsync(CancellationToken.None)).Networks)
                await Driver(cloud).RemoveNetworkAsync(id, CancellationToken.None);
        }
        finally
        {
            foreach (var space in _spaces)
                await Command.TryAsync(new Invocation("ip", ["netns", "delete", space]), CancellationToken.None);
            _folder.Dispose();
        }
    }

    /// <summary>A machine beside the host, with one end of a cable in it and the other at a bridge of the host's.</summary>
    internal async Task<Guest> AddMachineAsync(string bridge, string address)
    {
        var space = NewName();
        await AddSpaceAsync(space);
        await IpAsync(Space, $"link add {space[..15]} type veth peer name eth0 netns {space}");
        await IpAsync(Space, $"link set {space[..15]} master {bridge}", $"link set {space[..15]} up");
        await IpAsync(space, $"address add {address} dev eth0", "link set lo up", "link set eth0 up");
        return new Guest(this, space);
    }

    private async Task AddSpaceAsync(string name)
    {
        await Command.RunAsync(new Invocation("ip", ["netns", "add", name]), Ct);
        _spaces.Add(name);
    }

    private static string ArgumentsOf(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (IOException)
        {
            return ""; // it has ended
        }
    }

    private static string NewName() => $"pltest-{Guid.NewGuid().ToString("N")[..12]}";
}
