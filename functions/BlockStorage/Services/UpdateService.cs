using Pipeline.BlockStorage.Backends;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Services;

/// <summary>An operator wants nothing new on a backend, or wants it again. What lies on it stays.</summary>
internal sealed class UpdateService(Database db)
{
    private const string Rule = "volume_extension:services:update";

    [Function("volume-update-service"), Policy(Rule, Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "volume/v3/os-services/{action}")]
            HttpRequest request,
        string action,
        Caller caller,
        RequestId requestId
    )
    {
        var (enables, says) = action switch
        {
            "enable" => (true, false),
            "disable" => (false, false),
            "disable-log-reason" => (false, true),
            _ => throw Fault.BadRequest("Invalid input received: Unknown action"),
        };
        var order = await request.ReadFieldsAsync();
        var host = order.String("host", 1);
        var service = order.Nullable("service")?.String() ?? "";
        var binary = order.Nullable("binary")?.String() ?? "";
        var reason = says ? order.String("disabled_reason", 1) : null;
        var named = binary.Length > 0 ? binary : service;
        if (named.Length == 0)
            throw order["binary"].Wrong("must not be empty");
        await db.WriteAsync(async tx =>
        {
            var backend =
                (await tx.ListBackendsAsync()).FirstOrDefault(row =>
                    named == StorageService.Volume && row.Service == host
                ) ?? throw Fault.NotFound($"Could not find binary {named} on host {host}.");
            await tx.EnableBackendAsync(backend.HostId, backend.Name, enables, reason);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"volume-backend/{host}"));
        });
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteString("host", host);
                w.WriteString("service", service);
                w.WriteString("binary", binary);
                w.WriteString("status", enables ? "enabled" : "disabled");
                w.WriteBoolean("disabled", !enables);
                if (says || enables)
                    w.WriteString("disabled_reason", reason);
                w.WriteEndObject();
            }
        );
    }
}
