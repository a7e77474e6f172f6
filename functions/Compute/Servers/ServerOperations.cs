using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Compute.Servers;

/// <summary>What all operations on a standing server do alike: see it, check its state, lock it, record who asked.</summary>
internal sealed class ServerOperations(Database db, DurableTaskClient durable)
{
    /// <summary>The server if the caller may see it.</summary>
    /// <exception cref="Fault">NotFound otherwise: another project's server does not exist for the caller.</exception>
    public static async ValueTask<Server> FindAsync(Tx tx, ServerId id, Caller caller)
    {
        var server = await tx.FindServerAsync(id);
        return server is not null && (caller.IsAdmin || server.ProjectId == caller.ProjectId)
            ? server
            : throw Fault.NotFound($"Instance {id} could not be found.");
    }

    /// <summary>The server if the caller may see it and change what it does.</summary>
    /// <exception cref="Fault">NotFound; Conflict when it is locked, which does not bind an admin.</exception>
    public static async ValueTask<Server> FindUnlockedAsync(Tx tx, ServerId id, Caller caller)
    {
        var server = await FindAsync(tx, id, caller);
        return server.LockedBy is null || caller.IsAdmin ? server : throw Fault.Conflict($"Instance {id} is locked");
    }

    /// <summary>Begins an operation, or refuses it because of the server's state or a running operation.</summary>
    /// <param name="begin">Checks the server; gives its new looks and the orchestration to start.</param>
    public Task BeginAsync(
        ServerId id,
        Caller caller,
        RequestId requestId,
        OperationName name,
        Func<Server, (Server Changed, IOrchestration<Done> Order)> begin,
        bool supersede = false
    ) =>
        db.WriteAsync(async tx =>
        {
            var (changed, order) = begin(await FindUnlockedAsync(tx, id, caller));
            var instance = $"server-{id}-{name.Action}-{requestId}";
            var options = new StartOptions(instance, changed.ProjectId, requestId.Value, supersede);
            if (!await StartAsync(tx, order, options, name.Action, id))
                return; // the same intent stands already
            await tx.SaveServerAsync(changed);
            await tx.AddActionAsync(Action(id, name.Action, caller, requestId, instance));
            await tx.AuditAsync(caller.Audit(requestId, name.Rule, Server.ResourceOf(id)));
        });

    public static ServerActionRow Action(
        ServerId id,
        string action,
        Caller caller,
        RequestId request,
        string instance
    ) =>
        new()
        {
            ServerId = id,
            RequestId = request.Value,
            Action = action,
            ProjectId = caller.Project,
            UserId = caller.UserId,
            InstanceId = instance,
        };

    /// <summary>A state that the operation does not fit is a conflict, in Nova's words.</summary>
    public static Fault WrongState(Server server, string action) =>
        server.TaskState is { } task
            ? Fault.Conflict($"Cannot '{action}' instance {server.Id} while it is in task_state {task}")
            : Fault.Conflict($"Cannot '{action}' instance {server.Id} while it is in vm_state {server.VmState}");

    private async ValueTask<bool> StartAsync(
        Tx tx,
        IOrchestration<Done> order,
        StartOptions options,
        string action,
        ServerId id
    )
    {
        try
        {
            return await durable.StartAsync(tx, order, options);
        }
        catch (Fault fault) when (fault.Code == FaultCode.Conflict)
        {
            throw Fault.Conflict($"Cannot '{action}' instance {id} while another operation on it is in progress");
        }
    }
}

/// <param name="Action">The word in `os-instance-actions` and in orchestration ids.</param>
/// <param name="Rule">The policy rule, for the audit record.</param>
internal sealed record OperationName(string Action, string Rule);
