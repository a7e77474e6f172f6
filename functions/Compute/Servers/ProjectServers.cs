using Pipeline.Compute.Orchestrations;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Compute.Servers;

/// <summary>A project's servers, for its emptying: each is deleted as by its owner, locked ones too, and is there until its host has confirmed.</summary>
internal sealed class ProjectServers(DurableTaskClient durable) : IProjectHoldings
{
    public string Kind => "server";

    public PurgeStage Stage => PurgeStage.Servers;

    public ValueTask<long> CountAsync(Tx tx, ProjectId project) =>
        tx.ScalarAsync<long>("SELECT COUNT(*) FROM servers WHERE project_id = @project", new { project });

    public ValueTask<IReadOnlyList<HeldThing>> ListAsync(Tx tx, ProjectId project, string after, int limit) =>
        tx.ListAsync<HeldThing>(
            "SELECT id, name FROM servers WHERE project_id = @project AND id > @after ORDER BY id LIMIT @limit",
            new
            {
                project,
                after,
                limit,
            }
        );

    public async ValueTask<Removing> RemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (!ServerId.TryParse(id, out var server) || await tx.FindServerAsync(server) is not { } found)
            return Removing.Already;
        if (found.TaskState == "deleting")
            return Removing.Already;
        var instance = $"server-{id}-delete-{cause.RequestId}";
        var options = new StartOptions(instance, found.ProjectId, cause.RequestId, Supersede: true);
        if (!await TryStartAsync(tx, new DeleteServer(server), options))
            return Removing.Already;
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
        return Removing.Now;
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
