using Pipeline.Data;

namespace Pipeline.Compute.Keypairs;

internal static class KeypairStore
{
    private const string Columns = "user_id, name, type, public_key, fingerprint, number, created_at";

    public static ValueTask<IReadOnlyList<Keypair>> ListKeypairsAsync(
        this Tx tx,
        UserId user,
        string after,
        int limit
    ) =>
        tx.ListAsync<Keypair>(
            $"SELECT {Columns} FROM keypairs WHERE user_id = @user AND name > @after ORDER BY name LIMIT @limit",
            new
            {
                user,
                after,
                limit,
            }
        );

    public static ValueTask<Keypair?> FindKeypairAsync(this Tx tx, UserId user, string name) =>
        tx.FindAsync<Keypair>(
            $"SELECT {Columns} FROM keypairs WHERE user_id = @user AND name = @name",
            new { user, name }
        );

    public static async ValueTask<long> CountKeypairsAsync(this Tx tx, UserId user) =>
        await tx.ScalarAsync<long>("SELECT COUNT(*) FROM keypairs WHERE user_id = @user", new { user });

    /// <returns>False when the user has a key pair of this name.</returns>
    public static async ValueTask<bool> AddKeypairAsync(this Tx tx, Keypair pair) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO keypairs ({Columns}) SELECT @UserId, @Name, @Type, @PublicKey, @Fingerprint,
                COALESCE(MAX(number), 0) + 1, @now FROM keypairs WHERE TRUE
            ON CONFLICT (user_id, name) DO NOTHING
            """,
            new
            {
                pair.UserId,
                pair.Name,
                pair.Type,
                pair.PublicKey,
                pair.Fingerprint,
            }
        ) == 1;

    public static async ValueTask<bool> DeleteKeypairAsync(this Tx tx, UserId user, string name) =>
        await tx.ExecuteAsync("DELETE FROM keypairs WHERE user_id = @user AND name = @name", new { user, name }) == 1;
}
