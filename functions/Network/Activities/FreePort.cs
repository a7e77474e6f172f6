using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Hosts;
using Pipeline.Network.Ports;

namespace Pipeline.Network.Activities;

/// <summary>Gives a deleted port's addresses and MAC back: its host has let go of it.</summary>
internal sealed record FreePort(PortId Port) : IActivity<Done>;

internal sealed class FreePortHandler : ITransactionalActivity<FreePort, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, FreePort step)
    {
        if (await tx.FindBuriedAsync(step.Port) is { } port)
            await PortBook.FreeAsync(tx, port);
        return Done.Instance;
    }
}
