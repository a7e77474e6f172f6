using Pipeline.Data;

namespace Pipeline.Compute.Servers.Actions;

/// <summary>
/// An operator's word on what a server shows, at once and audited. Fences, claims and the running operation do not follow
/// it: what may run is decided by what was recorded, never by what is displayed.
/// </summary>
internal sealed class ResetStateAction(Database db) : IServerAction
{
    private const string Rule = "os_compute_api:os-admin-actions:reset_state";

    public string Key => "os-resetState";

    public async Task<IResult> RunAsync(
        ServerId id,
        Field argument,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        if (!caller.IsAdmin)
            throw Fault.Forbidden($"Policy doesn't allow {Rule} to be performed.");
        var active = argument.Object()["state"].Choice("active", "error") == "active";
        await db.WriteAsync(async tx =>
        {
            var server = await ServerOperations.FindAsync(tx, id, caller);
            await tx.SaveServerAsync(
                server with
                {
                    Status = active ? ServerStatus.Active : ServerStatus.Error,
                    VmState = active ? "active" : "error",
                    TaskState = null,
                }
            );
            await tx.AuditAsync(caller.Audit(requestId, Rule, Server.ResourceOf(id)));
        });
        return Answer.Empty(202);
    }
}
