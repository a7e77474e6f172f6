using Pipeline.Compute.Servers;
using Pipeline.Contracts.Network;
using Pipeline.Data;

namespace Pipeline.Compute.SecurityGroups;

/// <summary>`os-security-groups`: the network service's groups in Nova's words, for clients that still ask here.</summary>
internal sealed class ListSecurityGroups(Database db, ISecurityGroups groups)
{
    private const int Most = 1000;
    private const string Route = "compute/v2.1/os-security-groups";

    [Function("compute-list-security-groups"), Policy("os_compute_api:os-security-groups:get", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request,
        Caller caller
    )
    {
        var query = Query.Of(request);
        var (skip, take) = (query.Int("offset", 0) ?? 0, Math.Min(query.Int("limit", 0) ?? Most, Most));
        if (caller.IsAdmin && query.Bool("all_tenants") == true)
            return SecurityGroupView.All(await db.ReadAsync(tx => groups.ListAllAsync(tx, skip, take)));
        var found = await db.WriteAsync(tx => groups.ListAsync(tx, caller.Project));
        return SecurityGroupView.All([.. found.Skip(skip).Take(take)]);
    }

    [Function("compute-show-security-group"), Policy("os_compute_api:os-security-groups:show", Require.ProjectReader)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{id}")] HttpRequest request,
        string id,
        Caller caller
    )
    {
        // A name is looked for here first, and must be told from an id by 404.
        var found = await db.WriteAsync(tx => groups.ListAsync(tx, caller.Project));
        return SecurityGroupView.One(
            found.FirstOrDefault(g => g.Id.ToString() == id) ?? throw Fault.NotFound($"Security group {id} not found.")
        );
    }

    [
        Function("compute-list-server-security-groups"),
        Policy("os_compute_api:os-security-groups:list", Require.ProjectReader)
    ]
    public async Task<IResult> OfServerAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/servers/{id}/os-security-groups")]
            HttpRequest request,
        ServerId id,
        Caller caller
    ) =>
        SecurityGroupView.All(
            await db.ReadAsync(async tx =>
            {
                await ServerOperations.FindAsync(tx, id, caller);
                return await groups.ListOfServerAsync(tx, id);
            })
        );
}
