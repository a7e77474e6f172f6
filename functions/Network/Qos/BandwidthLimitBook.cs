using Pipeline.Data;
using Pipeline.Network.Hosts;

namespace Pipeline.Network.Qos;

/// <summary>Finds and changes the bandwidth limits of policies; the hosts of ports that a policy limits are told in the same transaction.</summary>
internal sealed class BandwidthLimitBook(HostRefreshes refreshes)
{
    /// <param name="policy">Null for a rule by itself.</param>
    /// <exception cref="Fault">NotFound when the caller does not see the policy, or it has no such rule.</exception>
    public static async ValueTask<BandwidthLimitRow> GetAsync(Tx tx, Caller caller, string? policy, string id)
    {
        var seen = policy is null ? null : await tx.GetQosPolicyAsync(caller, policy);
        if (!QosRuleId.TryParse(id, out var rule) || await tx.FindBandwidthLimitAsync(rule) is not { } row)
            throw Missing(policy, id);
        if (seen is not null)
            return row.QosPolicyId == seen.Id ? row : throw Missing(policy, id);
        return await tx.FindQosPolicyAsync(row.QosPolicyId) is { } owner && await tx.SeesAsync(caller, owner)
            ? row
            : throw Missing(policy, id);
    }

    /// <summary>A rule that the caller may change, its policy taken for this transaction.</summary>
    /// <exception cref="Fault">NotFound; Forbidden when its policy is only shared with the caller.</exception>
    public static async ValueTask<BandwidthLimitRow> LockOwnAsync(
        Tx tx,
        Caller caller,
        string? policy,
        string id,
        string rule
    )
    {
        var seen = await GetAsync(tx, caller, policy, id);
        await tx.LockOwnQosPolicyAsync(caller, seen.QosPolicyId.ToString(), rule);
        return await tx.FindBandwidthLimitAsync(seen.Id) ?? throw Missing(policy, id);
    }

    /// <summary>The caller holds the policy.</summary>
    /// <exception cref="Fault">Conflict when the policy has a rule for this direction.</exception>
    public async ValueTask AddAsync(Tx tx, BandwidthLimitRow rule)
    {
        await CheckAloneAsync(tx, rule);
        await tx.AddBandwidthLimitAsync(rule);
        await ChangedAsync(tx, rule.QosPolicyId);
    }

    /// <summary>The caller holds the policy.</summary>
    /// <exception cref="Fault">Conflict when the policy has another rule for this direction.</exception>
    public async ValueTask UpdateAsync(Tx tx, BandwidthLimitRow rule)
    {
        await CheckAloneAsync(tx, rule);
        await tx.UpdateBandwidthLimitAsync(rule);
        await ChangedAsync(tx, rule.QosPolicyId);
    }

    /// <summary>The caller holds the policy.</summary>
    public async ValueTask RemoveAsync(Tx tx, BandwidthLimitRow rule)
    {
        await tx.DeleteBandwidthLimitAsync(rule.Id);
        await ChangedAsync(tx, rule.QosPolicyId);
    }

    private async ValueTask ChangedAsync(Tx tx, QosPolicyId policy)
    {
        await tx.TouchQosPolicyAsync(policy);
        await refreshes.LimitsChangedAsync(tx, policy);
    }

    private static async ValueTask CheckAloneAsync(Tx tx, BandwidthLimitRow rule)
    {
        if (await tx.FindBandwidthLimitAsync(rule.QosPolicyId, rule.Direction) is { } other && other.Id != rule.Id)
            throw Fault.Conflict(
                $"Rule {BandwidthLimitRow.Type} conflicts with rule {other.Id} which already exists in QoS Policy "
                    + $"{rule.QosPolicyId}.",
                "QoSRulesConflict"
            );
    }

    private static Fault Missing(string? policy, string id) =>
        policy is null ? NeutronFault.QosRuleNotFound(id) : NeutronFault.QosRuleNotFound(id, policy);
}
