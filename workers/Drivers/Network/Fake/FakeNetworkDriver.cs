using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Drivers.Network.Fake;

/// <summary>Networks and ports that are only records of a <see cref="FakeHost"/>: no device, no namespace, no packet.</summary>
public sealed class FakeNetworkDriver(FakeHost host, string cloud) : INetworkDriver
{
    public string Name => "fake";

    public int Contract => DriverContract.Current;

    public Task<DriverReport> ProbeAsync(CancellationToken ct) =>
        Task.FromResult(
            new DriverReport(
                Ready: true,
                Problem: null,
                new SortedDictionary<string, string> { [$"fake{HostFactNames.Trunks}"] = HostFactNames.Carried }
            )
        );

    public Task<string?> EnsureNetworkAsync(HostNetwork network, CancellationToken ct) =>
        host.DoAsync("EnsureNetwork", $"{network.Id}", () => Ensure(network), ct);

    public Task RemoveNetworkAsync(NetworkId id, CancellationToken ct) =>
        host.DoAsync("RemoveNetwork", $"{id}", () => Remove(id), ct);

    public Task<string?> EnsurePortAsync(HostPort port, CancellationToken ct) =>
        host.DoAsync("EnsurePort", $"{port.Id}", () => Ensure(port), ct);

    public Task RemovePortAsync(PortId id, CancellationToken ct) =>
        host.DoAsync("RemovePort", $"{id}", () => IsOurs(id) && host.Ports.Remove($"{id}"), ct);

    public Task EnsureNamesAsync(HostNames names, CancellationToken ct) =>
        host.DoAsync("EnsureNames", $"{names.Network}", () => Ensure(names), ct);

    public Task KeepAsync(CancellationToken ct) => Task.CompletedTask; // records do not die

    public Task<NetworkHoldings> ListAsync(CancellationToken ct) => host.DoAsync("ListNetworks", "", List, ct);

    private string? Ensure(HostNetwork network)
    {
        NetworkRules.Check(network, cloud);
        if (host.Networks.TryGetValue($"{network.Id}", out var known) && known.Cloud != cloud)
            throw Fault.Conflict($"network {network.Id} is held by another cloud on this host");
        host.Networks[$"{network.Id}"] = network;
        return null;
    }

    private bool Remove(NetworkId id)
    {
        if (!IsOurs(id))
            return false;
        foreach (var port in host.Ports.Values.Where(port => port.Network == id).ToList())
            host.Ports.Remove($"{port.Id}");
        host.Names.Remove($"{id}");
        return host.Networks.Remove($"{id}");
    }

    private string? Ensure(HostPort port)
    {
        NetworkRules.Check(port, cloud);
        if (!IsOurs(port.Network))
            throw NetworkRules.NoNetwork(port);
        host.Ports[$"{port.Id}"] = port;
        return null;
    }

    private bool Ensure(HostNames names)
    {
        if (!IsOurs(names.Network))
            return false;
        host.Names[$"{names.Network}"] = NameRules.Merge(host.Names.GetValueOrDefault($"{names.Network}") ?? [], names);
        return true;
    }

    private NetworkHoldings List() =>
        new(
            [.. host.Networks.Values.Where(network => network.Cloud == cloud).Select(network => network.Id)],
            [
                .. host
                    .Ports.Values.Where(port => port.Cloud == cloud)
                    .Select(port => new HeldPort(port.Id, port.Network)),
            ]
        );

    private bool IsOurs(NetworkId id) => host.Networks.TryGetValue($"{id}", out var known) && known.Cloud == cloud;

    private bool IsOurs(PortId id) => host.Ports.TryGetValue($"{id}", out var known) && known.Cloud == cloud;
}
