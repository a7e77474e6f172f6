using Microsoft.Extensions.Logging;
using Pipeline.Agent.ControlPlane;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Agent.Ledger;

/// <summary>Asks for a sweep as soon as a guest has ended by itself. It says no more: what the sweep lists is the truth.</summary>
internal sealed class GuestWatcher(
    IHypervisorDriver hypervisor,
    IControlPlane control,
    TimeProvider time,
    ILogger<GuestWatcher> logger
)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    /// <summary>Returns when cancelled; at once where the driver does not watch.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (hypervisor is not IGuestWatch watch)
            return;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await foreach (var guest in watch.EndedAsync(ct))
                    await ReportAsync(guest, ct);
                await Task.Delay(Again, time, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is Fault or IOException)
            {
                logger.LogWarning("guests are not watched for {Wait}: {Reason}", Again, e.Message);
            }
        }
    }

    private async Task ReportAsync(ServerId guest, CancellationToken ct)
    {
        logger.LogInformation("guest {Guest} has ended by itself", guest);
        try
        {
            await control.AskForSweepAsync(ct);
        }
        catch (Fault fault)
        {
            // The next connection begins with a sweep.
            logger.LogInformation("the control plane was not told: {Reason}", fault.Message);
        }
    }
}
