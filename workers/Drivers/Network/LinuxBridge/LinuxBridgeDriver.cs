using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>Networks as Linux bridges, each in a namespace of its own with its filter, its DHCP and its metadata address.</summary>
public sealed class LinuxBridgeDriver : INetworkDriver
{
    private readonly LinuxBridgeOptions _options;
    private readonly NetworkLedger _ledger;
    private readonly Links _links;
    private readonly Segment _segment;
    private readonly Uplink _uplink;
    private readonly PortLinks _ports;
    private readonly Dnsmasq _dhcp;
    private readonly LinuxBridgeProbe _probe;
    private readonly Turns<NetworkId> _turns = new();

    public LinuxBridgeDriver(LinuxBridgeOptions options, Command command, TimeProvider time)
    {
        _options = options;
        _ledger = new NetworkLedger(options.Data);
        _links = new Links(command, options.HostNamespace);
        _segment = new Segment(options, command, _links, new BridgeFilter(options, command));
        _uplink = new Uplink(options, command, _links);
        _ports = new PortLinks(options, _links, new PortLimits(options, _links), new TagLinks(options, _links));
        _dhcp = new Dnsmasq(options, command, time);
        _probe = new LinuxBridgeProbe(options, command);
    }

    public string Name => "linux-bridge";

    public int Contract => DriverContract.Current;

    public Task<DriverReport> ProbeAsync(CancellationToken ct) => _probe.RunAsync(ct);

    public async Task<string?> EnsureNetworkAsync(HostNetwork network, CancellationToken ct)
    {
        NetworkRules.Check(network, _options.Cloud);
        Uplink.Check(_options, network);
        using var turn = await _turns.TakeAsync(network.Id, ct);
        var ports = _ledger.Ports(network.Id);
        var rules = Ruleset.Of(network, ports, _options); // refuses what cannot be before anything is written
        await _ledger.SaveAsync(network, ct);
        await ConvergeAsync(network, rules, ct);
        await _dhcp.EnsureAsync(network, ports, _ledger.Names(network.Id), ct);
        return _options.Spaces.NameOf(network.Id);
    }

    public async Task RemoveNetworkAsync(NetworkId id, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync(id, ct);
        await _dhcp.RemoveAsync(id, ct);
        foreach (var port in await PortsOfAsync(id, ct))
            await _ports.RemoveAsync(port, id, ct);
        await _segment.RemoveAsync(id, ct);
        _ledger.Remove(id);
    }

    public async Task<string?> EnsurePortAsync(HostPort port, CancellationToken ct)
    {
        NetworkRules.Check(port, _options.Cloud);
        using var turn = await _turns.TakeAsync(port.Network, ct);
        var network = _ledger.Find(port.Network) ?? throw NetworkRules.NoNetwork(port);
        var known = _ledger.Ports(port.Network);
        var told = known.Select(other => other.Told).Append(0).Max() + 1;
        var filtered = new FilteredPort(port, NumberFor(port.Id, known)) { Told = told };
        FilteredPort[] others = [.. known.Where(other => other.Port.Id != port.Id)];
        FilteredPort[] ports = [.. others, filtered];
        var rules = Ruleset.Of(network, ports, _options);
        await _ledger.SaveAsync(filtered, others, ct);
        var inside = await _segment.EnsureAsync(network, rules, ct);
        var device = await _ports.EnsureAsync(port, inside, ct);
        await _dhcp.EnsureAsync(network, ports, _ledger.Names(network.Id), ct);
        return device;
    }

    public async Task RemovePortAsync(PortId id, CancellationToken ct)
    {
        if (_ledger.NetworkOf(id) is not { } owner)
        {
            await _ports.RemoveAsync(id, null, ct);
            return;
        }
        using var turn = await _turns.TakeAsync(owner, ct);
        await _ports.RemoveAsync(id, owner, ct);
        var names = _ledger.Names(owner);
        if (names.Any(name => name.Port == id)) // told before it came, and nobody says that it goes
            await _ledger.SaveAsync(owner, names = [.. names.Where(name => name.Port != id)], ct);
        var rest = _ledger.Ports(owner).Where(port => port.Port.Id != id).ToList();
        if (_ledger.Find(owner) is { } network && _options.Spaces.Exists(owner))
        {
            await _segment.EnsureAsync(network, Ruleset.Of(network, rest, _options), ct);
            await _dhcp.EnsureAsync(network, rest, names, ct);
        }
        _ledger.Remove(owner, id, rest);
    }

    public async Task EnsureNamesAsync(HostNames names, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync(names.Network, ct);
        if (_ledger.Find(names.Network) is not { } network)
            return;
        var known = NameRules.Merge(_ledger.Names(network.Id), names);
        await _ledger.SaveAsync(network.Id, known, ct);
        if (_options.Spaces.Exists(network.Id))
            await _dhcp.EnsureAsync(network, _ledger.Ports(network.Id), known, ct);
    }

    public async Task<NetworkHoldings> ListAsync(CancellationToken ct)
    {
        var networks = new SortedSet<NetworkId>(_ledger.Networks(), ById);
        foreach (var id in _options.Spaces.All())
            if (!networks.Contains(id) && await _segment.IsHeldAsync(id, ct))
                networks.Add(id);
        var ports = networks.SelectMany(_ledger.Ports).Select(port => new HeldPort(port.Port.Id, port.Port.Network));
        var devices = (await _links.ListAsync(null, ct)).Select(Held).OfType<HeldPort>();
        return new NetworkHoldings([.. networks], [.. ports.Concat(devices).Distinct().OrderBy(port => port.Id.Value)]);
    }

    public async Task KeepAsync(CancellationToken ct)
    {
        var networks = _ledger.Networks();
        if (networks.Count == 0)
            return;
        var spaces = _options.Spaces.All().ToHashSet();
        var devices = (await _links.ListAsync(null, ct)).ToDictionary(link => link.Name);
        Fault? first = null;
        foreach (var id in networks)
            try
            {
                await KeepAsync(id, spaces.Contains(id), devices, ct);
            }
            catch (Fault fault)
            {
                first ??= fault; // the others are kept all the same
            }
        if (first is not null)
            throw first;
    }

    private async Task KeepAsync(NetworkId id, bool isThere, Dictionary<string, Link> devices, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync(id, ct);
        if (_ledger.Find(id) is not { } network)
            return;
        var lost = _ledger.PortIds(id).Where(port => !isThere || _ports.HasLost(port, devices)).ToHashSet();
        var filterLost = isThere && _segment.HasLostFilter(id);
        if (isThere && _dhcp.Runs(network) && lost.Count == 0 && !filterLost)
            return;
        var ports = _ledger.Ports(id);
        // A router's device is in its namespace, and not missed among the host's.
        var missing = ports.Where(port => lost.Contains(port.Port.Id) && !(isThere && port.Port.Routed)).ToList();
        if (!isThere || missing.Count > 0 || filterLost)
        {
            var inside = await ConvergeAsync(network, Ruleset.Of(network, ports, _options), ct);
            foreach (var port in missing)
                await _ports.EnsureAsync(port.Port, inside, ct);
        }
        if (!isThere || !_dhcp.Runs(network))
            await _dhcp.EnsureAsync(network, ports, _ledger.Names(id), ct);
    }

    /// <returns>The namespace's devices as they were before.</returns>
    private async Task<IReadOnlyList<Link>> ConvergeAsync(HostNetwork network, Filter rules, CancellationToken ct)
    {
        // One that outlived its namespace serves nobody.
        if (!_options.Spaces.Exists(network.Id))
            await _dhcp.RemoveAsync(network.Id, ct);
        var inside = await _segment.EnsureAsync(network, rules, ct);
        await _uplink.EnsureAsync(network, ct);
        return inside;
    }

    private static readonly Comparer<NetworkId> ById = Comparer<NetworkId>.Create((a, b) => a.Value.CompareTo(b.Value));

    private async Task<IEnumerable<PortId>> PortsOfAsync(NetworkId id, CancellationToken ct)
    {
        var recorded = _ledger.Ports(id).Select(port => port.Port.Id);
        var devices = (await _links.ListAsync(null, ct)).Select(Held).OfType<HeldPort>();
        return recorded.Union(devices.Where(port => port.Network == id).Select(port => port.Id));
    }

    private HeldPort? Held(Link link) =>
        Names.TryReadPort(_options.Cloud, link.Alias, out var network, out var id) ? new HeldPort(id, network) : null;

    // A number is kept as long as its port, and not given to the next one while packets that carry it may be under way.
    private static int NumberFor(PortId id, IReadOnlyList<FilteredPort> known) =>
        known.FirstOrDefault(port => port.Port.Id == id)?.Number
        ?? known.Select(port => port.Number).Append(0).Max() + 1;
}
