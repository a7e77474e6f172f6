using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Qos;

/// <summary>All SQL of bandwidth limits.</summary>
internal static class BandwidthLimitStore
{
    private const string Columns = "id, qos_policy_id, direction, max_kbps, max_burst_kbps";

    /// <summary>Who sees the policy sees its rules: a list is of one policy that was looked at before.</summary>
    public static readonly ListSource Listed = new(
        Columns,
        "qos_bandwidth_limit_rules",
        "1 = 1",
        NeutronFault.QosRuleNotFound
    );

    public static ValueTask<BandwidthLimitRow?> FindBandwidthLimitAsync(this Tx tx, QosRuleId id) =>
        tx.FindAsync<BandwidthLimitRow>($"SELECT {Columns} FROM qos_bandwidth_limit_rules WHERE id = @id", new { id });

    public static ValueTask<BandwidthLimitRow?> FindBandwidthLimitAsync(
        this Tx tx,
        QosPolicyId policy,
        string direction
    ) =>
        tx.FindAsync<BandwidthLimitRow>(
            $"""
            SELECT {Columns} FROM qos_bandwidth_limit_rules
            WHERE qos_policy_id = @policy AND direction = @direction
            """,
            new { policy, direction }
        );

    public static async ValueTask<ILookup<QosPolicyId, BandwidthLimitRow>> ListBandwidthLimitsAsync(
        this Tx tx,
        IEnumerable<string> policies
    ) =>
        (
            await tx.InChunksAsync<BandwidthLimitRow>(
                $"""
                SELECT {Columns} FROM qos_bandwidth_limit_rules
                WHERE qos_policy_id IN @ids ORDER BY qos_policy_id, direction
                """,
                policies
            )
        ).ToLookup(r => r.QosPolicyId);

    public static async ValueTask AddBandwidthLimitAsync(this Tx tx, BandwidthLimitRow row) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO qos_bandwidth_limit_rules ({Columns})
            VALUES (@Id, @QosPolicyId, @Direction, @MaxKbps, @MaxBurstKbps)
            """,
            row
        );

    public static async ValueTask UpdateBandwidthLimitAsync(this Tx tx, BandwidthLimitRow row) =>
        await tx.ExecuteAsync(
            """
            UPDATE qos_bandwidth_limit_rules
            SET direction = @Direction, max_kbps = @MaxKbps, max_burst_kbps = @MaxBurstKbps
            WHERE id = @Id
            """,
            row
        );

    public static async ValueTask DeleteBandwidthLimitAsync(this Tx tx, QosRuleId id) =>
        await tx.ExecuteAsync("DELETE FROM qos_bandwidth_limit_rules WHERE id = @id", new { id });
}
