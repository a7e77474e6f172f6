using System.Net;
using Pipeline.Benchmarks.Clouds;
using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Benchmarks.Guests;

/// <summary>Two hosts joined by a cable with a guest each, and a bare bridge with two more; all are namespaces, removed at the end.</summary>
internal sealed class TunnelBed : IAsyncDisposable
{
    private readonly Command command = new(TimeProvider.System);
    private readonly string tag = Guid.NewGuid().ToString("N")[..6];
    private readonly string cloud = $"bench-{Guid.NewGuid():N}";
    private readonly List<string> spaces = [];
    private readonly List<LinuxBridgeDriver> drivers = [];
    private readonly NetworkId network = new(Guid.NewGuid());

    public (string, string, IPAddress) TunnelGuests => (SpaceOf("t1"), SpaceOf("t2"), IPAddress.Parse("10.0.0.12"));

    public (string, string, IPAddress) BareGuests => (SpaceOf("b1"), SpaceOf("b2"), IPAddress.Parse("10.0.0.12"));

    public static async Task<TunnelBed> MakeAsync(Bench bench)
    {
        if (!Environment.IsPrivilegedProcess)
            throw new IOException("namespaces need root");
        var bed = new TunnelBed();
        try
        {
            await bed.BuildAsync(bench);
            return bed;
        }
        catch
        {
            await bed.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var driver in drivers)
            await driver.RemoveNetworkAsync(network, CancellationToken.None);
        foreach (var space in spaces)
            await command.TryAsync(new("ip", ["netns", "delete", space]), CancellationToken.None);
    }

    private async Task BuildAsync(Bench bench)
    {
        foreach (var name in (string[])["h1", "h2", "t1", "t2", "b1", "b2", "br"])
        {
            await command.RunAsync(new("ip", ["netns", "add", Name(name)]), bench.Stop);
            spaces.Add(Name(name));
        }
        await IpAsync(bench, "h1", $"link add underlay type veth peer name underlay netns {Name("h2")}");
        foreach (var (host, number) in new[] { ("h1", 1), ("h2", 2) })
        {
            await IpAsync(bench, host, $"address add 192.168.99.{number}/24 dev underlay", "link set underlay up");
            await AttachAsync(bench, host, number);
        }
        await IpAsync(bench, "br", "link add br0 type bridge", "link set br0 up");
        foreach (var (guest, number) in new[] { ("b1", 11), ("b2", 12) })
        {
            await IpAsync(bench, "br", $"link add {guest} type veth peer name eth0 netns {Name(guest)}");
            await IpAsync(bench, "br", $"link set {guest} master br0", $"link set {guest} up");
            await AddressAsync(bench, guest, number);
        }
    }

    /// <summary>The network on one host, as the control plane orders it, and its guest.</summary>
    private async Task AttachAsync(Bench bench, string host, int number)
    {
        var driver = new LinuxBridgeDriver(
            new(cloud, Path.Combine(bench.Folder, host))
            {
                Run = Path.Combine(bench.Folder, $"run-{host}"),
                Device = PortDevice.Veth,
                HostNamespace = Name(host),
                Host = $"{tag}{number}",
                Underlay = $"192.168.99.{number}",
            },
            command,
            TimeProvider.System
        );
        drivers.Add(driver);
        var subnet = new HostSubnet(new(Guid.NewGuid()), "10.0.0.0/24", null, null, [], []);
        var spanned = new HostNetwork(network, cloud, "vxlan", 4242, 1450, [subnet])
        {
            Peers = [$"192.168.99.{3 - number}"],
        };
        await driver.EnsureNetworkAsync(spanned, bench.Stop);
        var port = new HostPort(
            new(Guid.NewGuid()),
            network,
            cloud,
            $"fa:16:3e:00:00:1{number}",
            [new(subnet.Id, $"10.0.0.1{number}")],
            $"guest-{number}",
            spanned.Mtu,
            AdminUp: true,
            Secured: true,
            [new(RuleDirection.Egress, 4, null, null, null, null), new(RuleDirection.Ingress, 4, 6, null, null, null)]
        );
        var device = await driver.EnsurePortAsync(port, bench.Stop);
        await IpAsync(bench, host, $"link set {device} netns {Name($"t{number}")}");
        await IpAsync(bench, $"t{number}", $"link set {device} name eth0 address {port.Mac}");
        await AddressAsync(bench, $"t{number}", 10 + number);
    }

    private Task AddressAsync(Bench bench, string guest, int number) =>
        IpAsync(bench, guest, $"address add 10.0.0.{number}/24 dev eth0", "link set lo up", "link set eth0 up");

    private Task IpAsync(Bench bench, string space, params string[] lines) =>
        command.RunAsync(
            new("ip", ["-netns", Name(space), "-batch", "-"], string.Join('\n', lines) + "\n"),
            bench.Stop
        );

    private string Name(string part) => $"plbench-{tag}-{part}";

    private string SpaceOf(string part) => $"/run/netns/{Name(part)}";
}
