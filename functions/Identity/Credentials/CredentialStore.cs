using System.Text;
using System.Text.Json;
using Pipeline.Data;

namespace Pipeline.Identity.Credentials;

/// <summary>Credentials with their secrets: rows in one table, what they hide sealed in another.</summary>
internal sealed class CredentialStore(Vault vault)
{
    private const string Columns = "id, user_id, project_id, type, secret_id";

    /// <param name="user">Null for those of all users.</param>
    /// <param name="type">Null for those of all types.</param>
    public ValueTask<IReadOnlyList<Credential>> ListAsync(Tx tx, string? user, string? type) =>
        tx.ListAsync<Credential>(
            $"""
            SELECT {Columns} FROM credentials
            WHERE {(user is null ? "1 = 1" : "user_id = @user")} AND {(type is null ? "1 = 1" : "type = @type")}
            ORDER BY created_at, id
            """,
            new { user, type }
        );

    public ValueTask<Credential?> FindAsync(Tx tx, string id) =>
        tx.FindAsync<Credential>($"SELECT {Columns} FROM credentials WHERE id = @id", new { id });

    public async ValueTask<string> BlobAsync(Tx tx, Credential credential) =>
        await tx.FindSecretAsync(credential.SecretId) is { } found
            ? Encoding.UTF8.GetString(vault.Open(found))
            : throw new Fault(FaultCode.Internal, $"The secret of credential {credential.Id} is gone.");

    public async ValueTask<Ec2Blob> Ec2Async(Tx tx, Credential credential) =>
        JsonSerializer.Deserialize(await BlobAsync(tx, credential), IdentityJson.Default.Ec2Blob)!;

    /// <summary>Sealed before the transaction that stores it.</summary>
    public SealedSecret Seal(string blob) => vault.Seal(Encoding.UTF8.GetBytes(blob));

    /// <summary>False when there is one of that id.</summary>
    public async ValueTask<bool> TryAddAsync(Tx tx, Credential credential, SealedSecret blob)
    {
        var added = await tx.ExecuteAsync(
            """
            INSERT INTO credentials (id, user_id, project_id, type, secret_id, created_at)
            VALUES (@Id, @UserId, @ProjectId, @Type, @SecretId, @now) ON CONFLICT DO NOTHING
            """,
            credential
        );
        if (added == 1)
            await tx.PutSecretAsync(credential.Owner, blob);
        return added == 1;
    }

    /// <param name="blob">Null where the secret stays.</param>
    public async ValueTask UpdateAsync(Tx tx, Credential credential, SealedSecret? blob)
    {
        if (blob is not null)
        {
            await tx.DeleteSecretsAsync(credential.Owner);
            await tx.PutSecretAsync(credential.Owner, blob);
        }
        await tx.ExecuteAsync(
            """
            UPDATE credentials SET user_id = @UserId, project_id = @ProjectId, type = @Type, secret_id = @SecretId
            WHERE id = @Id
            """,
            credential
        );
    }

    public async ValueTask DeleteAsync(Tx tx, Credential credential)
    {
        await tx.DeleteSecretsAsync(credential.Owner);
        await tx.ExecuteAsync("DELETE FROM totp_uses WHERE credential_id = @Id", new { credential.Id });
        await tx.ExecuteAsync("DELETE FROM credentials WHERE id = @Id", new { credential.Id });
    }

    /// <summary>Those that go with a user or a project.</summary>
    public static async ValueTask DeleteOfAsync(Tx tx, UserId? user, ProjectId? project)
    {
        var whose = user is null ? "project_id = @project" : "user_id = @user";
        await tx.ExecuteAsync(
            $"DELETE FROM secrets WHERE owner IN (SELECT 'credential/' || id FROM credentials WHERE {whose})",
            new { user, project }
        );
        await tx.ExecuteAsync(
            $"DELETE FROM totp_uses WHERE credential_id IN (SELECT id FROM credentials WHERE {whose})",
            new { user, project }
        );
        await tx.ExecuteAsync($"DELETE FROM credentials WHERE {whose}", new { user, project });
    }
}
