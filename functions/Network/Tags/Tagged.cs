using Pipeline.Data;
using Pipeline.Network.FloatingIps;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.PrefixPools;
using Pipeline.Network.Qos;
using Pipeline.Network.Routers;
using Pipeline.Network.SecurityGroups;
using Pipeline.Network.Subnets;
using Pipeline.Network.Trunks;

namespace Pipeline.Network.Tags;

/// <summary>The resource that a tag route names.</summary>
/// <param name="Touch">Records that what is shown of the resource has changed.</param>
internal sealed record Tagged(string Id, bool Own, Func<Tx, ValueTask> Touch)
{
    /// <param name="collection">As in the path; security groups are written both ways.</param>
    /// <exception cref="Fault">NotFound for another collection, or a resource that the caller does not see.</exception>
    public static async ValueTask<Tagged> FindAsync(Tx tx, Caller caller, string collection, string id)
    {
        try
        {
            return collection switch
            {
                "networks" => Of(await tx.GetNetworkAsync(caller, id), caller),
                "subnets" => Of(await tx.GetSubnetAsync(caller, id), caller),
                "ports" => Of(await tx.GetPortAsync(caller, id), caller),
                "subnetpools" => Of(await tx.GetSubnetPoolAsync(caller, id), caller),
                "security-groups" or "security_groups" => Of(await tx.GetGroupAsync(caller, id), caller),
                "policies" => Of(await tx.GetQosPolicyAsync(caller, id), caller),
                "routers" => Of(await tx.GetRouterAsync(caller, id)),
                "floatingips" => Of(await tx.GetFloatingIpAsync(caller, id)),
                "trunks" => Of(await tx.GetTrunkAsync(caller, id)),
                _ => throw Fault.NotFound("The resource could not be found.", "HTTPNotFound"),
            };
        }
        catch (Fault fault) when (fault.Type != "HTTPNotFound")
        {
            throw Fault.NotFound($"Resource {collection} {id} could not be found.", "TagResourceNotFound");
        }
    }

    /// <exception cref="Fault">Forbidden for what is only shared with the caller.</exception>
    public static async ValueTask<Tagged> FindOwnAsync(Tx tx, Caller caller, string collection, string id)
    {
        var tagged = await FindAsync(tx, caller, collection, id);
        return tagged.Own ? tagged : throw NeutronFault.Forbidden($"update_{collection}_tags");
    }

    private static Tagged Of(NetworkRow row, Caller caller) =>
        new(row.Id.ToString(), row.IsOwnedBy(caller), tx => tx.TouchNetworkAsync(row.Id));

    private static Tagged Of(SubnetRow row, Caller caller) =>
        new(row.Id.ToString(), IsOwn(caller, row.ProjectId), tx => tx.TouchSubnetAsync(row.Id));

    private static Tagged Of(PortRow row, Caller caller) =>
        new(row.Id.ToString(), IsOwn(caller, row.ProjectId), tx => tx.TouchPortAsync(row.Id));

    private static Tagged Of(RouterRow row) => new(row.Id.ToString(), Own: true, tx => tx.TouchRouterAsync(row.Id));

    private static Tagged Of(FloatingIpRow row) =>
        new(row.Id.ToString(), Own: true, tx => tx.TouchFloatingIpAsync(row.Id));

    private static Tagged Of(TrunkRow row) => new(row.Id.ToString(), Own: true, tx => tx.TouchTrunkAsync(row.Id));

    private static Tagged Of(SubnetPoolRow row, Caller caller) =>
        new(row.Id.ToString(), row.IsOwnedBy(caller), tx => tx.TouchSubnetPoolAsync(row.Id));

    private static Tagged Of(QosPolicyRow row, Caller caller) =>
        new(row.Id.ToString(), row.IsOwnedBy(caller), tx => tx.TouchQosPolicyAsync(row.Id));

    private static Tagged Of(SecurityGroupRow row, Caller caller) =>
        new(row.Id.ToString(), row.IsOwnedBy(caller), async tx => await tx.TouchGroupAsync(row.Id));

    private static bool IsOwn(Caller caller, ProjectId owner) => caller.IsAdmin || caller.ProjectId == owner;
}
