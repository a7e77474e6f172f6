using Microsoft.Extensions.Logging;
using Pipeline.Agent.Metadata;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Agent.Network;

/// <summary>
/// Looks now and then whether what the host was told of networks is still there, first when the agent begins: after a
/// reboot it makes all of it again, else what has died since. It asks nobody.
/// </summary>
internal sealed class NetworkKeeper(
    NetworkTurn turn,
    INetworkDriver network,
    IRouterDriver routers,
    IGuestDocuments documents,
    TimeProvider time,
    ILogger<NetworkKeeper> logger
)
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    /// <summary>Returns when cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
            try
            {
                await KeepAsync("networks", network.KeepAsync, ct);
                await KeepAsync("routers", routers.KeepAsync, ct);
                await KeepAsync("the metadata service", documents.KeepAsync, ct); // it listens where networks are
                await Task.Delay(Every, time, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
    }

    private async Task KeepAsync(string what, Func<CancellationToken, Task> keep, CancellationToken ct)
    {
        try
        {
            await turn.RunAsync(() => DoneAsync(keep(ct)), ct);
        }
        catch (Exception cause) when (cause is Fault or IOException)
        {
            logger.LogWarning("{What} could not be kept: {Reason}", what, cause.Message);
        }
    }

    private static async Task<Done> DoneAsync(Task keeping)
    {
        await keeping;
        return Done.Instance;
    }
}
