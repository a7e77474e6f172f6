using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Hosts;
using Pipeline.Network.Ports;

namespace Pipeline.Network.Activities;

/// <summary>Gives a deleted port's addresses and MAC back: its host has let go of it.</summary>
internal sealed record FreePort(PortId Port) : IActivity<Done>;

internal sealed class FreePortHandler(PortPlaces places) : ITransactionalActivity<FreePort, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, FreePort step)
    {
        if (await tx.FindBuriedAsync(step.Port) is not { } port)
            return Done.Instance;
        await PortBook.FreeAsync(tx, port);
        await places.LeftAsync(tx, [port]);
        return Done.Instance;
    }
}
