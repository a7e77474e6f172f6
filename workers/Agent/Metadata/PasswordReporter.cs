using Microsoft.Extensions.Logging;
using Pipeline.Agent.ControlPlane;

namespace Pipeline.Agent.Metadata;

/// <summary>
/// Tells the control plane what passwords guests have told, until it has them: they lie on the host's disk meanwhile,
/// whoever dies. What they are is never logged.
/// </summary>
internal sealed class PasswordReporter(
    IGuestDocuments documents,
    IControlPlane control,
    TimeProvider time,
    ILogger<PasswordReporter> logger
)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    /// <summary>A server that the control plane does not have here may be known again, as after a restored database.</summary>
    private static readonly TimeSpan RefusedAgain = TimeSpan.FromMinutes(5);
    private readonly Dictionary<ServerId, DateTimeOffset> _later = [];

    /// <summary>Returns when cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
            try
            {
                await LookAsync(ct);
                await Task.Delay(Look, time, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
    }

    private async Task LookAsync(CancellationToken ct)
    {
        try
        {
            foreach (var (server, password) in documents.ListUntoldPasswords())
                if (!_later.TryGetValue(server, out var later) || time.GetUtcNow() >= later)
                    await ReportAsync(server, password, ct);
        }
        catch (Exception cause) when (cause is Fault or IOException)
        {
            logger.LogInformation("passwords of guests wait: {Reason}", cause.Message);
        }
    }

    private async Task ReportAsync(ServerId server, string password, CancellationToken ct)
    {
        try
        {
            await control.SendPasswordAsync(server, new(password), ct);
            await documents.MarkPasswordToldAsync(server, ct);
            _later.Remove(server);
        }
        catch (Fault fault) when (fault.Code is FaultCode.NotFound or FaultCode.BadRequest or FaultCode.Conflict)
        {
            _later[server] = time.GetUtcNow() + RefusedAgain;
            logger.LogWarning("the password of server {Server} is not taken: {Code}", server, fault.Code);
        }
    }
}
