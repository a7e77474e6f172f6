using Pipeline.Data;

namespace Pipeline.Network.Qos;

/// <summary>Who may have a network or a port limited by which policy.</summary>
internal static class QosUse
{
    /// <summary>The policy that a body names, or takes away by null.</summary>
    public static QosPolicyId? Read(Fields item, QosPolicyId? absent) =>
        item.Optional("qos_policy_id") is not { } field ? absent
        : field.IsNull ? null
        : field.Id<QosPolicyId>();

    /// <summary>Takes the new policy for this transaction.</summary>
    /// <exception cref="Fault">NotFound for a policy that the caller does not see, Forbidden where it does not see the one that goes.</exception>
    public static async ValueTask ChangeQosPolicyAsync(
        this Tx tx,
        Caller caller,
        QosPolicyId? before,
        QosPolicyId? after
    )
    {
        if (after == before)
            return;
        if (before is { } old && await tx.FindQosPolicyAsync(old) is { } set && !await tx.SeesAsync(caller, set))
            throw new Fault(
                FaultCode.Forbidden,
                $"Failed to remove provided policy {old} because you are not authorized.",
                "PolicyRemoveAuthorizationError"
            );
        if (after is not { } wanted)
            return;
        await tx.GetQosPolicyAsync(caller, wanted.ToString());
        _ = await tx.LockQosPolicyAsync(wanted) ?? throw NeutronFault.QosPolicyNotFound(wanted);
    }

    /// <summary>
    /// Takes the policies of ports that are being bound, before any host is marked: whoever changes what one says finds the
    /// ports bound, or has changed it before they are lowered.
    /// </summary>
    public static async ValueTask HoldQosPoliciesAsync(this Tx tx, IEnumerable<QosPolicyId?> policies)
    {
        foreach (var policy in policies.OfType<QosPolicyId>().Distinct().OrderBy(p => p.Value))
            await tx.LockQosPolicyAsync(policy);
    }

    /// <summary>The policy of a new network: the one it names, else its project's default.</summary>
    public static async ValueTask<QosPolicyId?> QosPolicyOfNewAsync(
        this Tx tx,
        Caller caller,
        ProjectId project,
        QosPolicyId? named
    )
    {
        await tx.ChangeQosPolicyAsync(caller, null, named);
        if (named is not null || await tx.FindDefaultQosPolicyAsync(project) is not { } usual)
            return named;
        return (await tx.LockQosPolicyAsync(usual.Id))?.Id;
    }
}
