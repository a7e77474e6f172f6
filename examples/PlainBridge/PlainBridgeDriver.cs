using System.Text.Json;
using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers;

namespace Pipeline.Examples.PlainBridge;

/// <summary>A bridge per network and a tap per port: no filter, no DHCP. For guests that trust each other. Null is the agent's own space.</summary>
public sealed class PlainBridgeDriver(Command command, string cloud, string? space = null) : INetworkDriver
{
    public string Name => "plain-bridge";
    public int Contract => DriverContract.Current;

    public Task<DriverReport> ProbeAsync(CancellationToken ct)
    {
        var problem = Command.Find("tc") is null ? "tc is missing: install iproute2" : null;
        return Task.FromResult(new DriverReport(problem is null, problem, new SortedDictionary<string, string>()));
    }

    public async Task<string?> EnsureNetworkAsync(HostNetwork network, CancellationToken ct)
    {
        NetworkRules.Check(network, cloud);
        if (network.SegmentType != "local" || network.Subnets.Any(subnet => subnet.DhcpAddress is not null))
            throw Fault.BadRequest("a plain bridge is on one host and serves no DHCP");
        var (bridge, links) = (Device('n', network.Id), await LinksAsync(ct));
        if (links.TryGetValue(bridge, out var alias) && alias.Length > 0 && alias != Alias(network.Id))
            throw Fault.Conflict($"network {network.Id} is held by another cloud on this host");
        await BatchAsync(
            "ip",
            [
                .. Unless(links.ContainsKey(bridge), $"link add {bridge} type bridge"),
                $"link set {bridge} alias {Alias(network.Id)} mtu {network.Mtu} up",
            ],
            ct
        );
        return null; // no namespace, so no metadata service: guests read their config drive
    }

    public async Task RemoveNetworkAsync(NetworkId id, CancellationToken ct)
    {
        var links = await LinksAsync(ct);
        var ours = links.Where(link => link.Value == Alias(id) || PortOf(link.Value)?.Network == id);
        await BatchAsync("ip", ours.Select(link => $"link del {link.Key}"), ct);
    }

    public async Task<string?> EnsurePortAsync(HostPort port, CancellationToken ct)
    {
        NetworkRules.Check(port, cloud);
        if (port.Secured)
            throw Fault.BadRequest($"port {port.Id}: a plain bridge filters nothing, switch its port security off");
        var links = await LinksAsync(ct);
        if (links.GetValueOrDefault(Device('n', port.Network)) != Alias(port.Network))
            throw NetworkRules.NoNetwork(port);
        var (tap, queue, alias) = (Device('t', port.Id), Device('q', port.Id), $"{Alias(port.Network)}:{port.Id}");
        await BatchAsync(
            "ip",
            [
                .. Unless(links.ContainsKey(tap), $"tuntap add dev {tap} mode tap"),
                .. Unless(links.ContainsKey(queue), $"link add {queue} type ifb"),
                $"link set {queue} alias {alias} mtu {port.Mtu} up",
                $"link set {tap} alias {alias} mtu {port.Mtu} master {Device('n', port.Network)} {(port.AdminUp ? "up" : "down")}",
            ],
            ct
        );
        // A kernel queues what leaves: what the guest sends is led through a device of its own.
        await BatchAsync(
            "tc",
            [
                Limit(tap, port.IngressLimit, port.Mtu),
                Limit(queue, port.EgressLimit, port.Mtu),
                $"qdisc replace dev {tap} clsact",
                $"filter replace dev {tap} ingress pref 1 handle 800::800 protocol all u32 match u32 0 0 action mirred egress redirect dev {queue}",
            ],
            ct
        );
        return tap;
    }

    public async Task RemovePortAsync(PortId id, CancellationToken ct)
    {
        var ours = (await LinksAsync(ct)).Where(link => PortOf(link.Value)?.Id == id);
        await BatchAsync("ip", ours.Select(link => $"link del {link.Key}"), ct);
    }

    public Task EnsureNamesAsync(HostNames names, CancellationToken ct) => Task.CompletedTask; // it has no name server

    public Task KeepAsync(CancellationToken ct) => Task.CompletedTask; // nothing of it is a process, and a reboot ends its guests, too

    public async Task<NetworkHoldings> ListAsync(CancellationToken ct)
    {
        var aliases = (await LinksAsync(ct)).Values.Distinct().ToList();
        return new([.. aliases.Select(NetworkOf).OfType<NetworkId>()], [.. aliases.Select(PortOf).OfType<HeldPort>()]);
    }

    // A device's name has 15 characters: the alias carries the whole ids, and whose they are.
    private static string Device(char kind, object id) => $"pb{kind}{id}"[..15];

    private string Alias(NetworkId id) => $"pipeline:{cloud}:{id}";

    private NetworkId? NetworkOf(string alias) =>
        NetworkId.TryParse(alias.Split(':')[^1], out var id) && alias == Alias(id) ? id : null;

    private HeldPort? PortOf(string alias) =>
        alias.LastIndexOf(':') is > 0 and var end
        && PortId.TryParse(alias[(end + 1)..], out var id)
        && NetworkOf(alias[..end]) is { } network
            ? new(id, network)
            : null;

    private static string Limit(string device, HostLimit? limit, int mtu) =>
        limit is null
            ? $"qdisc replace dev {device} root pfifo"
            : $"qdisc replace dev {device} root tbf rate {limit.Kbps}kbit burst {Math.Max(limit.BurstKbits * 125L, 2L * mtu)} limit 262144";

    /// <summary>Devices with what their alias says, empty for none.</summary>
    private async Task<Dictionary<string, string>> LinksAsync(CancellationToken ct)
    {
        var json = await command.RunAsync(new("ip", [.. Within, "-json", "link", "show"]), ct);
        string AliasOf(JsonElement link) => link.TryGetProperty("ifalias", out var alias) ? alias.GetString()! : "";
        var links = JsonElement.Parse(json).EnumerateArray();
        return links.ToDictionary(link => link.GetProperty("ifname").GetString()!, AliasOf);
    }

    private async Task BatchAsync(string program, IEnumerable<string> lines, CancellationToken ct)
    {
        if (string.Join('\n', lines) is { Length: > 0 } input)
            await command.RunAsync(new(program, [.. Within, "-batch", "-"], input + "\n"), ct);
    }

    private string[] Within => space is null ? [] : ["-netns", space];

    private static string[] Unless(bool there, string line) => there ? [] : [line];
}
