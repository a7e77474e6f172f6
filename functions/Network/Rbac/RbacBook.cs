using Pipeline.Data;
using Pipeline.Network.Networks;

namespace Pipeline.Network.Rbac;

/// <summary>Adds policies, moves them to another target and takes them away, whoever asks.</summary>
internal static class RbacBook
{
    private const string GatewayPorts =
        "device_owner IN ('network:router_gateway', 'network:floatingip') AND deleted_at IS NULL";

    /// <summary>Whose a thing is.</summary>
    /// <exception cref="Fault">NotFound when there is no such thing.</exception>
    public static async ValueTask<ProjectId> OwnerOfAsync(this Tx tx, string type, string id) =>
        await tx.ScalarAsync<string?>(
            $"SELECT project_id FROM {SharedType.Find(type)!.Table} WHERE id = @id",
            new { id }
        )
            is { } owner
            ? new ProjectId(owner)
            : throw Fault.NotFound($"Object of type {type} with ID {id} could not be found.", "ObjectNotFound");

    /// <exception cref="Fault">Conflict when the thing has the same policy already.</exception>
    public static async ValueTask AddAsync(Tx tx, RbacPolicyRow policy)
    {
        if (!await tx.AddPolicyAsync(policy))
            throw Duplicate();
        await tx.ShowSharingAsync(policy);
    }

    /// <exception cref="Fault">Conflict when something depends on what the old target may see, or the new one has a policy.</exception>
    public static async ValueTask MoveAsync(Tx tx, RbacPolicyRow policy, string target)
    {
        if (await tx.FindPolicyAsync(policy.ObjectId, policy.Action, target) is not null)
            throw Duplicate();
        if (target != RbacPolicyRow.Everyone)
            await tx.CheckUnusedAsync(policy);
        await tx.RetargetPolicyAsync(policy.Id, target);
        await tx.ShowSharingAsync(policy);
    }

    /// <exception cref="Fault">Conflict when something depends on it.</exception>
    public static async ValueTask RemoveAsync(Tx tx, RbacPolicyRow policy)
    {
        await tx.CheckUnusedAsync(policy);
        await Sharing.RemoveAsync(tx, policy);
        await tx.ShowSharingAsync(policy);
    }

    /// <summary>Whoever loses sight of the thing by the end of a policy must have nothing that depends on it.</summary>
    /// <exception cref="Fault">Conflict, of the type that Neutron has for it.</exception>
    public static async ValueTask CheckUnusedAsync(this Tx tx, RbacPolicyRow policy)
    {
        await tx.LockObjectAsync(policy);
        var others = (await tx.ListPoliciesOfAsync(policy.ObjectId))
            .Where(p => p.Action == policy.Action && p.Id != policy.Id)
            .Select(p => p.TargetTenant)
            .ToHashSet();
        if (others.Contains(RbacPolicyRow.Everyone))
            return;
        var owner = await tx.OwnerOfAsync(policy.ObjectType, policy.ObjectId);
        if (policy.Action == RbacPolicyRow.External)
        {
            if (await tx.HasGatewaysAsync(policy.ObjectId))
                throw InUse(policy);
            return;
        }
        var users = await tx.ListAsync<ProjectId>(
            SharedType.Find(policy.ObjectType)!.Users,
            new { id = policy.ObjectId }
        );
        var losing = users.Where(u => u != owner && !others.Contains(u.Value));
        if (losing.Any(u => policy.TargetTenant is RbacPolicyRow.Everyone || policy.TargetTenant == u.Value))
            throw policy.ObjectType == NetworkRow.Type ? await tx.StillSharedAsync(policy.ObjectId) : InUse(policy);
    }

    /// <summary>Whoever begins to use the thing, and takes its row to do so, comes before or after.</summary>
    private static async ValueTask LockObjectAsync(this Tx tx, RbacPolicyRow policy) =>
        await tx.ExecuteAsync(
            $"UPDATE {SharedType.Find(policy.ObjectType)!.Table} SET name = name WHERE id = @ObjectId",
            new { policy.ObjectId }
        );

    /// <summary>Whether a router's gateway, or a floating address, is on an external network.</summary>
    public static async ValueTask<bool> HasGatewaysAsync(this Tx tx, string network) =>
        await tx.ScalarAsync<string?>(
            $"SELECT id FROM ports WHERE network_id = @network AND {GatewayPorts} LIMIT 1",
            new { network }
        )
            is not null;

    private static async ValueTask<Fault> StillSharedAsync(this Tx tx, string id) =>
        Fault.Conflict(
            $"Unable to reconfigure sharing settings for network "
                + $"{await tx.ScalarAsync<string?>("SELECT name FROM networks WHERE id = @id", new { id })}. "
                + "Multiple tenants are using it.",
            "InvalidSharedSetting"
        );

    /// <summary>A network's own attributes say what its policies say.</summary>
    private static async ValueTask ShowSharingAsync(this Tx tx, RbacPolicyRow policy)
    {
        if (policy.ObjectType == NetworkRow.Type && NetworkId.TryParse(policy.ObjectId, out var network))
            await tx.ShowSharingAsync(network);
    }

    private static Fault InUse(RbacPolicyRow policy) =>
        Fault.Conflict(
            $"RBAC policy on object {policy.ObjectId} cannot be removed because other objects depend on it.\n"
                + $"Details: project_id={policy.TargetTenant}",
            "RbacPolicyInUse"
        );

    private static Fault Duplicate() =>
        Fault.Conflict("An RBAC policy already exists with those values.", "DuplicateRbacPolicy");
}
