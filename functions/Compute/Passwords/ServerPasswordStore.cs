using Pipeline.Compute.Servers;
using Pipeline.Data;

namespace Pipeline.Compute.Passwords;

/// <summary>The SQL of what guests have told of their passwords.</summary>
internal static class ServerPasswordStore
{
    /// <summary>Null when there is none, or it was cleared.</summary>
    public static async ValueTask<SealedSecret?> FindPasswordAsync(this Tx tx, ServerId server) =>
        await tx.ScalarAsync<string?>(
            "SELECT secret_id FROM server_passwords WHERE server_id = @server",
            new { server }
        )
            is { } id
        && SecretId.TryParse(id, out var secret)
            ? await tx.FindSecretAsync(secret)
            : null;

    /// <returns>False when the server has told one before, whatever became of it.</returns>
    public static async ValueTask<bool> AddPasswordAsync(this Tx tx, ServerId server, SealedSecret password)
    {
        var added = await tx.ExecuteAsync(
            """
            INSERT INTO server_passwords (server_id, secret_id, received_at) VALUES (@server, @Id, @now)
            ON CONFLICT DO NOTHING
            """,
            new { server, password.Id }
        );
        if (added == 1)
            await tx.PutSecretAsync(OwnerOf(server), password);
        return added == 1;
    }

    /// <summary>What a late message brings again stays out: the row stays as long as the server.</summary>
    public static async ValueTask ClearPasswordAsync(this Tx tx, ServerId server)
    {
        await tx.ExecuteAsync("UPDATE server_passwords SET secret_id = NULL WHERE server_id = @server", new { server });
        await tx.DeleteSecretsAsync(OwnerOf(server));
    }

    public static async ValueTask DeletePasswordAsync(this Tx tx, ServerId server)
    {
        await tx.ExecuteAsync("DELETE FROM server_passwords WHERE server_id = @server", new { server });
        await tx.DeleteSecretsAsync(OwnerOf(server));
    }

    private static string OwnerOf(ServerId server) => $"{Server.ResourceOf(server)}/password";
}
