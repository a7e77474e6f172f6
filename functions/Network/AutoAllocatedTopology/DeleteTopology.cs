using Pipeline.Data;

namespace Pipeline.Network.AutoAllocatedTopology;

/// <summary>Takes a project's topology away, whole. None is success.</summary>
internal sealed class DeleteTopology(Database db, TopologyBook book)
{
    private const string Rule = "network:auto-allocated-topologies:delete";

    [Function("network-delete-auto-allocated-topology"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = TopologyPath.Route)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string project
    )
    {
        var owner = TopologyPath.ProjectOf(caller, project);
        await db.WriteAsync(async tx =>
        {
            if (await tx.LockTopologyAsync(owner) is not { } topology)
                return;
            await book.RemoveAsync(tx, topology, requestId.Value);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"network/{topology.NetworkId}"));
        });
        return Answer.NoContent();
    }
}
