using Pipeline.Data;

namespace Pipeline.Compute.Servers.Actions;

/// <summary>Keeps a server as it is: its users may look at it, and do nothing to it until it is unlocked. Admins may go on.</summary>
internal sealed class LockServerAction(Database db) : IServerAction
{
    private const string Rule = "os_compute_api:os-lock-server:lock";

    public string Key => "lock";

    public async Task<IResult> RunAsync(
        ServerId id,
        Field argument,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        await db.WriteAsync(async tx =>
        {
            var server = await ServerOperations.FindAsync(tx, id, caller);
            var by = server.ProjectId == caller.ProjectId ? "owner" : "admin";
            await tx.SaveServerAsync(server with { LockedBy = server.LockedBy ?? by });
            await tx.AuditAsync(caller.Audit(requestId, Rule, Server.ResourceOf(id)));
        });
        return Answer.Empty(202);
    }
}

/// <summary>What an admin has locked, only an admin unlocks. Not locked is success.</summary>
internal sealed class UnlockServerAction(Database db) : IServerAction
{
    private const string Rule = "os_compute_api:os-lock-server:unlock";

    public string Key => "unlock";

    public async Task<IResult> RunAsync(
        ServerId id,
        Field argument,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        await db.WriteAsync(async tx =>
        {
            var server = await ServerOperations.FindAsync(tx, id, caller);
            if (server.LockedBy == "admin" && !caller.IsAdmin)
                throw Fault.Forbidden(
                    "Policy doesn't allow os_compute_api:os-lock-server:unlock:unlock_override to be performed."
                );
            await tx.SaveServerAsync(server with { LockedBy = null });
            await tx.AuditAsync(caller.Audit(requestId, Rule, Server.ResourceOf(id)));
        });
        return Answer.Empty(202);
    }
}
