using Pipeline.Data;
using Pipeline.Network.Ipam;
using Pipeline.Network.Wire;

namespace Pipeline.Network.PrefixPools;

/// <summary>Adds prefixes to a pool, or takes those away that no subnet has.</summary>
internal sealed class ChangePrefixes(Database db)
{
    private const string AddRule = "network:subnet-pools:add-prefixes";
    private const string RemoveRule = "network:subnet-pools:remove-prefixes";

    [Function("network-add-prefixes"), Policy(AddRule, Require.ProjectMember)]
    public Task<IResult> AddAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/subnetpools/{id}/add_prefixes")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    ) => ChangeAsync(request, caller, caller.Audit(requestId, AddRule, $"subnet-pool/{id}"), id, Added);

    [Function("network-remove-prefixes"), Policy(RemoveRule, Require.ProjectMember)]
    public Task<IResult> RemoveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/subnetpools/{id}/remove_prefixes")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    ) => ChangeAsync(request, caller, caller.Audit(requestId, RemoveRule, $"subnet-pool/{id}"), id, Removed);

    private static IReadOnlyList<Cidr> Added(SubnetPoolRow pool, IReadOnlyList<Cidr> prefixes, IEnumerable<Cidr> cut) =>
        [.. pool.Ranges, .. prefixes];

    private static IReadOnlyList<Cidr> Removed(SubnetPoolRow pool, IReadOnlyList<Cidr> prefixes, IEnumerable<Cidr> cut)
    {
        if (PrefixSet.Overlap(prefixes, cut))
            throw NewSubnetPool.IllegalPrefixes("One or more the prefixes to be removed is in use by a subnet.");
        var left = PrefixSet.Without(pool.Ranges, prefixes);
        return left.Count > 0
            ? left
            : throw NeutronFault.Bad("EmptySubnetPoolPrefixList", "Empty subnet pool prefix list.");
    }

    private async Task<IResult> ChangeAsync(
        HttpRequest request,
        Caller caller,
        AuditRecord audit,
        string id,
        Func<SubnetPoolRow, IReadOnlyList<Cidr>, IEnumerable<Cidr>, IReadOnlyList<Cidr>> change
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var prefixes = body.Required("prefixes").Array().Select(f => NewSubnetPool.PrefixOf(f.String())).ToList();
        var pool = await db.WriteAsync(async tx =>
        {
            var before = await tx.LockOwnPoolAsync(caller, id, "update_subnetpool");
            NewSubnetPool.CheckFamily(before.IpVersion, prefixes);
            var cut = (await tx.ListCutAsync(before.Id)).Select(c => c.Prefix);
            var after = prefixes.Count == 0 ? before : before.With(change(before, prefixes, cut));
            if (after == before)
                return before;
            await tx.CheckPoolAsync(caller, before, after);
            await tx.UpdateSubnetPoolAsync(after);
            await tx.AuditAsync(audit);
            return after;
        });
        return Document.Answer(json =>
        {
            json.WritePropertyName("prefixes");
            json.WriteTexts(SubnetPoolRow.Split(pool.Prefixes));
        });
    }
}
