using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>The SQL of leases. Their time is the store's, so that clocks of functions hosts may differ.</summary>
internal static class LeaseStore
{
    /// <summary>Work is taken over in small transactions, in the order of ids.</summary>
    public const int ClaimBatch = 16;

    public static async ValueTask TakeLeaseAsync(this Tx tx, string owner, TimeSpan length) =>
        await tx.ExecuteAsync(
            "INSERT INTO functions_hosts (owner, lease_until) VALUES (@owner, @clock + @length)",
            new { owner, length = Microseconds(length) }
        );

    /// <returns>False when it has ended: others may have taken over.</returns>
    public static async ValueTask<bool> RenewLeaseAsync(this Tx tx, string owner, TimeSpan length) =>
        await tx.ExecuteAsync(
            """
            UPDATE functions_hosts SET lease_until = @clock + @length WHERE owner = @owner AND lease_until > @clock
            """,
            new { owner, length = Microseconds(length) }
        ) == 1;

    /// <summary>Others need not wait for the lease's end.</summary>
    public static async ValueTask EndLeaseAsync(this Tx tx, string owner) =>
        await tx.ExecuteAsync("UPDATE functions_hosts SET lease_until = @clock WHERE owner = @owner", new { owner });

    public static ValueTask<IReadOnlyList<string>> ListEndedLeasesAsync(this Tx tx) =>
        tx.ListAsync<string>("SELECT owner FROM functions_hosts WHERE lease_until <= @clock ORDER BY owner");

    /// <summary>Owners of unfinished work of whose lease nothing is known any more.</summary>
    public static ValueTask<IReadOnlyList<string>> ListForgottenOwnersAsync(this Tx tx) =>
        tx.ListAsync<string>(
            """
            SELECT owner FROM instances
            WHERE completed_at IS NULL AND owner NOT IN (SELECT owner FROM functions_hosts)
            UNION
            SELECT owner FROM outbox WHERE owner NOT IN (SELECT owner FROM functions_hosts)
            """
        );

    /// <summary>How long until another functions host's lease ends, unless it is renewed.</summary>
    public static async ValueTask<TimeSpan?> UntilNextEndAsync(this Tx tx, string owner) =>
        await tx.ScalarAsync<long?>(
            "SELECT MIN(lease_until) - @clock FROM functions_hosts WHERE owner <> @owner AND lease_until > @clock",
            new { owner }
        )
            is { } left
            ? TimeSpan.FromMicroseconds(left)
            : null;

    /// <summary>
    /// Forgets tenures that ended long ago and left nothing to take over. No transaction of theirs can still be under way: the
    /// server ends one that stands still.
    /// </summary>
    public static async ValueTask ForgetLeasesAsync(this Tx tx, TimeSpan after) =>
        await tx.ExecuteAsync(
            """
            DELETE FROM functions_hosts WHERE lease_until < @clock - @after
                AND NOT EXISTS (
                    SELECT 1 FROM instances i WHERE i.owner = functions_hosts.owner AND i.completed_at IS NULL
                )
                AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.owner = functions_hosts.owner)
            """,
            new { after = Microseconds(after) }
        );

    /// <summary>Takes over running instances of owners that are gone; one that is being committed is left for later.</summary>
    /// <returns>How many there were, at most <see cref="ClaimBatch"/>.</returns>
    public static ValueTask<int> ClaimInstancesAsync(this Tx tx, string owner, IReadOnlyList<string> gone) =>
        tx.ExecuteAsync(
            """
            WITH left_over AS (
                SELECT id FROM instances WHERE owner IN @gone AND completed_at IS NULL
                ORDER BY id LIMIT @ClaimBatch FOR UPDATE SKIP LOCKED
            )
            UPDATE instances SET owner = @owner WHERE id IN (SELECT id FROM left_over)
            """,
            new
            {
                owner,
                gone,
                ClaimBatch,
            }
        );

    private static long Microseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;
}
