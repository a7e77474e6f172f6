using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;
using Pipeline.Network.Hosts;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;

namespace Pipeline.Network.Mechanisms;

/// <summary>The mechanisms of this cloud, asked in the order of configuration: the first that can bind a port does.</summary>
internal sealed class MechanismDrivers
{
    private readonly IReadOnlyList<IMechanismDriver> _drivers;

    /// <exception cref="InvalidOperationException">A configured one is not there, or was written for another contract.</exception>
    public MechanismDrivers(IEnumerable<IMechanismDriver> known, NetworkOptions options)
    {
        var named = known.ToDictionary(d => d.Name);
        _drivers =
        [
            .. options.MechanismDrivers.Select(name =>
                named.GetValueOrDefault(name)
                ?? throw new InvalidOperationException(
                    $"There is no mechanism driver '{name}'; there are: {string.Join(", ", named.Keys.Order(StringComparer.Ordinal))}."
                )
            ),
        ];
        if (_drivers.FirstOrDefault(d => d.Contract != DriverContract.Current) is { } old)
            throw new InvalidOperationException(
                $"Mechanism driver '{old.Name}' speaks version {old.Contract} of the contract, this release {DriverContract.Current}."
            );
    }

    public IEnumerable<string> Names => _drivers.Select(d => d.Name);

    /// <summary>The port with its binding on a host.</summary>
    /// <param name="host">What the host has told of itself.</param>
    /// <exception cref="Fault">Conflict when no mechanism can bind it there.</exception>
    public PortRow Bound(PortRow port, NetworkRow network, NetworkHostRow host)
    {
        var request = new BindingRequest(
            host.Driver,
            port.VnicType,
            network.NetworkType,
            port.PortSecurityEnabled,
            network.DhcpPortId is not null
        )
        {
            HostSegments = host.Segments.Split(',', StringSplitOptions.RemoveEmptyEntries),
            Tagged = port.TrunkId is not null,
            HostTags = host.Trunks == HostFactNames.Carried,
        };
        foreach (var driver in _drivers)
            if (driver.Bind(request) is { } binding)
                return port with
                {
                    Mechanism = driver.Name,
                    VifType = binding.VifType,
                    PortFilter = binding.PortFilter,
                };
        var secured = port.PortSecurityEnabled ? " with port security" : "";
        var tagged =
            request is { Tagged: true, HostTags: false } && host.Trunks.Length > 0 ? $" (trunks: {host.Trunks})" : "";
        throw Fault.Conflict(
            $"Binding failed for port {port.Id} of network {network.Id}: no mechanism of its host carries '{network.NetworkType}' "
                + $"for an interface of type '{port.VnicType}'{(request.Tagged ? " by a tag" : "")}{secured}{tagged}.",
            "PortBindingFailed"
        );
    }
}
