using Pipeline.Contracts;

namespace Pipeline.Data;

/// <summary>A caller's `Idempotency-Key` with a digest of the request it belongs to.</summary>
/// <param name="Owner">Whose key it is: a project's id, or what stands for the caller where the token names no project.</param>
public sealed record IdempotencyKey(string Owner, string Key, string Request);

/// <summary>An answer as it is remembered: secrets are left out, they are shown once.</summary>
public sealed record StoredAnswer
{
    public string Request { get; init; } = "";
    public int Status { get; init; }
    public string Body { get; init; } = "";
}

/// <summary>The first answer to a key holds for 24 hours; the same key with another request is a conflict.</summary>
public static class Idempotency
{
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>The first answer, also that of a request which is only just being answered: it is waited for.</summary>
    /// <exception cref="Fault">Conflict when the key was used for another request.</exception>
    public static async ValueTask<StoredAnswer?> RecallAsync(this Tx tx, IdempotencyKey? key)
    {
        if (key is null)
            return null;
        await tx.LockAsync($"idempotency/{key.Owner}/{key.Key}");
        var oldest = tx.Now - Kept;
        var stored = await tx.FindAsync<StoredAnswer>(
            "SELECT request, status, body FROM idempotency WHERE project_id = @Owner AND key = @Key AND created_at > @oldest",
            new
            {
                key.Owner,
                key.Key,
                oldest,
            }
        );
        if (stored is not null && stored.Request != key.Request)
            throw Fault.Conflict("This Idempotency-Key was used for another request.");
        return stored;
    }

    /// <exception cref="Fault">Conflict when the key has an answer: who did not ask for it first.</exception>
    public static async ValueTask RememberAsync(this Tx tx, IdempotencyKey? key, int status, string body)
    {
        if (key is null)
            return;
        var remembered = await tx.ExecuteAsync(
            """
            INSERT INTO idempotency (project_id, key, request, status, body, created_at)
            VALUES (@Owner, @Key, @Request, @status, @body, @now)
            ON CONFLICT (project_id, key) DO UPDATE
            SET request = excluded.request, status = excluded.status, body = excluded.body, created_at = excluded.created_at
            WHERE idempotency.created_at <= @oldest
            """,
            new
            {
                key.Owner,
                key.Key,
                key.Request,
                status,
                body,
                oldest = tx.Now - Kept,
            }
        );
        if (remembered == 0)
            throw Fault.Conflict("A request with this Idempotency-Key has been answered; ask again.");
    }

    /// <summary>Removes what is older than 24 hours, at most <paramref name="limit"/> rows.</summary>
    public static async ValueTask<int> ForgetAsync(this Tx tx, int limit)
    {
        var oldest = tx.Now - Kept;
        return await tx.ExecuteAsync(
            """
            DELETE FROM idempotency WHERE (project_id, key) IN
            (SELECT project_id, key FROM idempotency WHERE created_at <= @oldest ORDER BY created_at LIMIT @limit)
            """,
            new { oldest, limit }
        );
    }
}
