using Pipeline.Contracts;

namespace Pipeline.Data;

internal sealed record KeyringRow
{
    public string Purpose { get; init; } = "";
    public int Id { get; init; }
    public string Sealed { get; init; } = "";
    public DateTimeOffset MadeAt { get; init; }
}

/// <summary>The SQL of keys, and of secrets by the key that sealed them.</summary>
internal static class KeyringStore
{
    public static ValueTask<IReadOnlyList<KeyringRow>> ListKeysAsync(this Tx tx) =>
        tx.ListAsync<KeyringRow>(
            "SELECT purpose, id, sealed, made_at FROM keyring ORDER BY purpose, made_at DESC, id DESC"
        );

    /// <summary>Null while there is none.</summary>
    public static ValueTask<int?> NewestKeyAsync(this Tx tx, string purpose) =>
        tx.ScalarAsync<int?>(
            "SELECT id FROM keyring WHERE purpose = @purpose ORDER BY made_at DESC, id DESC LIMIT 1",
            new { purpose }
        );

    /// <summary>False while an old key still has the id.</summary>
    public static async ValueTask<bool> TryAddKeyAsync(this Tx tx, KeyringRow key) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO keyring (purpose, id, sealed, made_at) VALUES (@Purpose, @Id, @Sealed, @now)
            ON CONFLICT DO NOTHING
            """,
            key
        ) == 1;

    public static async ValueTask DeleteKeyAsync(this Tx tx, string purpose, int id) =>
        await tx.ExecuteAsync("DELETE FROM keyring WHERE purpose = @purpose AND id = @id", new { purpose, id });

    public static async ValueTask<bool> IsSealedByAsync(this Tx tx, int id) =>
        await tx.ScalarAsync<string>("SELECT id FROM secrets WHERE sealed LIKE @form LIMIT 1", new { form = $"{id}:%" })
            is not null;

    /// <summary>Secrets that another key has sealed, or the key file itself.</summary>
    public static ValueTask<IReadOnlyList<SecretRow>> ListSealedByOthersAsync(this Tx tx, int id, int limit) =>
        tx.ListAsync<SecretRow>(
            "SELECT id, sealed FROM secrets WHERE sealed NOT LIKE @form ORDER BY id LIMIT @limit",
            new { form = $"{id}:%", limit }
        );

    /// <summary>One that was deleted or changed meanwhile is left.</summary>
    public static void ReplaceSealed(this Tx tx, SecretRow before, SealedSecret after) =>
        tx.Send(
            "UPDATE secrets SET sealed = @after WHERE id = @Id AND sealed = @Sealed",
            new
            {
                before.Id,
                before.Sealed,
                after = after.Sealed,
            }
        );
}

internal sealed record SecretRow
{
    public SecretId Id { get; init; }
    public string Sealed { get; init; } = "";
}
