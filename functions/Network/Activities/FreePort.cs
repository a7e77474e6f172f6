using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Hosts;
using Pipeline.Network.Ports;

namespace Pipeline.Network.Activities;

/// <summary>A port's host has let go of it: a deleted one's addresses and MAC are given back, one that was in a trunk is free.</summary>
internal sealed record FreePort(PortId Port) : IActivity<Done>;

internal sealed class FreePortHandler(PortPlaces places) : ITransactionalActivity<FreePort, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, FreePort step)
    {
        if (await tx.FindLeftAsync(step.Port) is not { } port)
            return Done.Instance;
        if (port.DeletedAt is null)
            await tx.UnbindAsync(port.Id);
        else
            await PortBook.FreeAsync(tx, port);
        await places.LeftAsync(tx, [port]);
        return Done.Instance;
    }
}
