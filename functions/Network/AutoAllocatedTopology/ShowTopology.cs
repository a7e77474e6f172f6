using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.AutoAllocatedTopology;

/// <summary>The network of a project's topology, which is made when it is asked for first; so a member asks, not a reader.</summary>
internal sealed class ShowTopology(Database db, TopologyBook book)
{
    private const string Rule = "network:auto-allocated-topologies:show";
    private const string DryRun = "dry-run";

    [Function("network-show-auto-allocated-topology"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TopologyPath.Route)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string project
    )
    {
        var owner = TopologyPath.ProjectOf(caller, project);
        var fields = Query.Of(request).All("fields");
        if (fields.Contains(DryRun))
        {
            await db.ReadAsync(TopologyBook.CheckAsync);
            return TopologyPath.Show(owner, $"{DryRun}=pass");
        }
        if (fields.Count > 0)
            throw NeutronFault.Bad("BadRequest", "Bad auto_allocate request: Unrecognized field.");
        var topology =
            await db.ReadAsync(tx => tx.FindTopologyAsync(owner))
            ?? await db.WriteAsync(async tx =>
            {
                if (await tx.LockTopologyAsync(owner) is { } known)
                    return known; // made beside us in this moment
                var made = await book.AddAsync(tx, caller, owner);
                await tx.AuditAsync(caller.Audit(requestId, Rule, $"network/{made.NetworkId}"));
                return made;
            });
        return TopologyPath.Show(owner, $"{topology.NetworkId}");
    }
}
