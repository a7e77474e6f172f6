using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Orchestrations;
using Pipeline.Network.Ports;

namespace Pipeline.Network.Hosts;

/// <summary>Takes deleted ports off their hosts.</summary>
internal sealed class PortRemovals(DurableTaskClient client)
{
    /// <param name="cause">What asks for it, unique for this port: the end of the orchestration's id.</param>
    public async ValueTask StartAsync(Tx tx, PortRow port, string cause)
    {
        var order = new RemovePort(port.Id, port.HostId!.Value, port.ServerId!.Value, port.NetworkId);
        var id = $"port-{port.Id}-remove-{cause}";
        await client.StartAsync(tx, order, new StartOptions(id, port.ProjectId));
    }
}
