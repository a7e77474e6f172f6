using System.Text.Json;
using Pipeline.Data;
using Pipeline.Network.Networks;
using Pipeline.Network.Subnets;
using Pipeline.Network.Wire;

namespace Pipeline.Network.PrefixPools;

/// <summary>Makes the subnets of its family that a network has a pool's, and their prefixes part of it.</summary>
internal sealed class OnboardSubnets(Database db)
{
    private const string Rule = "network:subnet-pools:onboard";

    [Function("network-onboard-subnets"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "put",
            Route = "network/v2.0/subnetpools/{id}/onboard_network_subnets"
        )]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var network =
            body.Nullable("network_id")?.String() ?? throw NeutronFault.InvalidInput("network_id must be specified.");
        var subnets = await db.WriteAsync(async tx =>
        {
            var own = await tx.GetOwnNetworkAsync(caller, network, "update_network");
            await tx.LockNetworkAsync(own.Id);
            var pool = await tx.LockOwnPoolAsync(caller, id, "update_subnetpool");
            var present = await tx.ListSubnetsAsync([own.Id]);
            var joining = present.Where(s => s.IpVersion == pool.IpVersion).ToList();
            await JoinAsync(tx, caller, pool, joining);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"subnet-pool/{id}"));
            return joining;
        });
        return Answer.Bytes(200, Document.RenderList(subnets, Write), Document.Type);
    }

    private static void Write(Utf8JsonWriter json, SubnetRow subnet)
    {
        json.WriteString("id", subnet.Id.ToString());
        json.WriteString("cidr", subnet.Cidr);
    }

    private static async ValueTask JoinAsync(Tx tx, Caller caller, SubnetPoolRow pool, IReadOnlyList<SubnetRow> joining)
    {
        var cut = (await tx.ListCutAsync(pool.Id)).Select(c => c.Prefix).ToList();
        foreach (var subnet in joining)
            if (PrefixSet.Overlap([subnet.Prefix], cut))
                throw NeutronFault.Bad(
                    "IllegalSubnetPoolUpdate",
                    $"Illegal subnetpool update : Onboarding subnet {subnet.Id}: {subnet.Cidr} conflicts with allocated "
                        + $"prefixes in subnet pool {pool.Id}."
                );
        var after = pool.With([.. pool.Ranges, .. joining.Select(s => s.Prefix)]);
        await tx.CheckPoolAsync(caller, pool, after);
        await tx.UpdateSubnetPoolAsync(after);
        foreach (var subnet in joining)
            await tx.JoinPoolAsync(subnet.Id, pool.Id);
    }
}
