using Pipeline.Compute.Orchestrations;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Compute.Servers;

/// <summary>A project's servers, for its emptying: each is deleted as by its owner, locked ones too, and is there until its host has confirmed.</summary>
internal sealed class ProjectServers(DurableTaskClient durable) : HeldRows("server", PurgeStage.Servers, "servers")
{
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (!ServerId.TryParse(id, out var server) || await tx.FindServerAsync(server) is not { } found)
            return false;
        if (found.TaskState == "deleting")
            return false;
        var instance = $"server-{id}-delete-{cause.RequestId}";
        var options = new StartOptions(instance, found.ProjectId, cause.RequestId, Supersede: true);
        if (!await TryStartAsync(tx, new DeleteServer(server), options))
            return false;
        await tx.SaveServerAsync(found with { TaskState = "deleting" });
        await tx.AddActionAsync(
            new()
            {
                ServerId = server,
                RequestId = cause.RequestId,
                Action = "delete",
                ProjectId = found.ProjectId,
                UserId = cause.User,
                InstanceId = instance,
            }
        );
        return true;
    }

    /// <summary>Another operation may wait for the server already: it is asked again.</summary>
    private async ValueTask<bool> TryStartAsync(Tx tx, DeleteServer order, StartOptions options)
    {
        try
        {
            return await durable.StartAsync(tx, order, options);
        }
        catch (Fault fault) when (fault.Code == FaultCode.Conflict)
        {
            return false;
        }
    }
}
