using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>
/// What a port's guest is sent waits in a queue of the bridge's port (<c>tbf</c>), as fast as its limit lets it out; what the
/// guest sends is led through a device in which it waits the same way (<c>ifb</c>), for a kernel queues only what leaves. All
/// of it is in the network's namespace, whatever device the guest has.
/// </summary>
internal sealed class PortLimits(LinuxBridgeOptions options, Links links)
{
    /// <summary>Makes what is missing, changes the rest where it is, takes away what is not wanted any more.</summary>
    /// <param name="inside">The devices of the network's namespace, as they were before the port's were made.</param>
    /// <exception cref="Fault">DriverFailed, saying that it is the limit which cannot be, with the tool's words.</exception>
    public async Task EnsureAsync(HostPort port, IReadOnlyList<Link> inside, CancellationToken ct)
    {
        var space = options.Spaces.NameOf(port.Network);
        var (device, queue) = (Names.Port(port.Id), Names.Limit(port.Id));
        var queued = inside.Any(link => link.Name == queue);
        var shaped = inside.Any(link => link.Name == device && link.Queue == TokenBucket.Kind);
        try
        {
            if (port.EgressLimit is not null)
                await links.ChangeAsync(space, Make(port, queue, queued), ct);
            await links.ControlTrafficAsync(space, [.. ToGuest(port, shaped), .. FromGuest(port, queued)], ct);
        }
        catch (Fault fault) when (fault.Code == FaultCode.DriverFailed)
        {
            throw new Fault(
                FaultCode.DriverFailed,
                $"port {port.Id} cannot be limited on this host, which needs a kernel with sch_tbf and ifb: {fault.Message}"
            );
        }
        if (port.EgressLimit is null && queued)
            await links.ChangeAsync(space, [$"link del {queue}"], ct);
    }

    private IEnumerable<string> Make(HostPort port, string queue, bool queued)
    {
        if (!queued)
            yield return $"link add {queue} type ifb";
        yield return $"link set {queue} alias {Names.PortAlias(options.Cloud, port.Network, port.Id)}";
        yield return $"link set {queue} mtu {port.Mtu} addrgenmode none";
        yield return $"link set {queue} up";
    }

    private static IEnumerable<string> ToGuest(HostPort port, bool shaped)
    {
        var device = Names.Port(port.Id);
        if (port.IngressLimit is { } limit)
            yield return TokenBucket.Of(limit, port.Mtu).On(device);
        else if (shaped)
            yield return $"qdisc del dev {device} root";
    }

    /// <summary>Frames are led into the queue only when it is as slow as it should be, and out of it before it goes.</summary>
    private static IEnumerable<string> FromGuest(HostPort port, bool queued)
    {
        var (device, queue) = (Names.Port(port.Id), Names.Limit(port.Id));
        if (port.EgressLimit is { } limit)
            return [TokenBucket.Of(limit, port.Mtu).On(queue), .. Links.Redirect(device, queue)];
        return queued ? [$"qdisc replace dev {device} clsact", $"qdisc del dev {device} clsact"] : [];
    }
}
