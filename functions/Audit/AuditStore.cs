using Pipeline.Audit.Chains;
using Pipeline.Audit.Events;
using Pipeline.Data;

namespace Pipeline.Audit;

/// <summary>The SQL of sealing, reading and verifying. Lists see sealed records alone: their indexes hold no others.</summary>
internal static class AuditStore
{
    private const string Columns =
        "seq, at, user_id, project_id, domain_id, request_id, rule, target, result, chain, number, previous, hash";
    private const string HeadColumns = "chain, project_id, domain_id, number, hash";

    public static ValueTask<IReadOnlyList<AuditEvent>> ListUnsealedAsync(this Tx tx, int limit) =>
        tx.ListAsync<AuditEvent>(
            $"SELECT {Columns} FROM audit WHERE number IS NULL ORDER BY seq LIMIT @limit",
            new { limit }
        );

    public static ValueTask<IReadOnlyList<ChainHead>> ListHeadsAsync(this Tx tx, IReadOnlyList<string> chains) =>
        tx.ListAsync<ChainHead>($"SELECT {HeadColumns} FROM audit_chains WHERE chain IN @chains", new { chains });

    public static ValueTask<ChainHead?> FindHeadAsync(this Tx tx, string chain) =>
        tx.FindAsync<ChainHead>($"SELECT {HeadColumns} FROM audit_chains WHERE chain = @chain", new { chain });

    /// <summary>The chains in reach, in the order of names, from a marker on.</summary>
    public static ValueTask<IReadOnlyList<ChainHead>> ListHeadsAsync(this Tx tx, Reach reach, string after, int limit)
    {
        var where =
            reach.Project is not null ? "project_id = @Project AND "
            : reach.Domain is not null ? "domain_id = @Domain AND "
            : "";
        return tx.ListAsync<ChainHead>(
            $"SELECT {HeadColumns} FROM audit_chains WHERE {where}chain > @after ORDER BY chain LIMIT @limit",
            new
            {
                reach.Project,
                reach.Domain,
                after,
                limit,
            }
        );
    }

    /// <summary>Moves a chain's head on from where the sealer saw it.</summary>
    /// <returns>False when another functions host was first.</returns>
    public static async ValueTask<bool> TryAdvanceAsync(this Tx tx, ChainHead head, long before) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO audit_chains (chain, project_id, domain_id, number, hash)
            VALUES (@Chain, @ProjectId, @DomainId, @Number, @Hash)
            ON CONFLICT (chain) DO UPDATE SET number = excluded.number, hash = excluded.hash
            WHERE audit_chains.number = @before
            """,
            new
            {
                head.Chain,
                head.ProjectId,
                head.DomainId,
                head.Number,
                head.Hash,
                before,
            }
        ) == 1;

    public static void SealRecord(this Tx tx, AuditEvent made) =>
        tx.Send(
            """
            UPDATE audit SET chain = @Chain, number = @Number, previous = @Previous, hash = @Hash
            WHERE seq = @Seq AND number IS NULL
            """,
            new
            {
                made.Chain,
                made.Number,
                made.Previous,
                made.Hash,
                made.Seq,
            }
        );

    public static ValueTask<IReadOnlyList<AuditEvent>> ListEventsAsync(this Tx tx, EventFilter filter) =>
        tx.ListAsync<AuditEvent>(
            $"SELECT {Columns} FROM audit WHERE {filter.Where()} ORDER BY {filter.Order()} LIMIT @limit",
            filter.Arguments()
        );

    public static ValueTask<AuditEvent?> FindEventAsync(this Tx tx, long id) =>
        tx.FindAsync<AuditEvent>($"SELECT {Columns} FROM audit WHERE seq = @id AND number IS NOT NULL", new { id });

    /// <summary>A stretch of a chain, in its order.</summary>
    public static ValueTask<IReadOnlyList<AuditEvent>> ListChainAsync(
        this Tx tx,
        string chain,
        long after,
        long last,
        int limit
    ) =>
        tx.ListAsync<AuditEvent>(
            $"""
            SELECT {Columns} FROM audit
            WHERE chain = @chain AND number > @after AND number <= @last AND number IS NOT NULL ORDER BY number LIMIT @limit
            """,
            new
            {
                chain,
                after,
                last,
                limit,
            }
        );
}
