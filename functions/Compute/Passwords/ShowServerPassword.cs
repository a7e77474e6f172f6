using System.Text;
using Pipeline.Compute.Servers;
using Pipeline.Data;

namespace Pipeline.Compute.Passwords;

/// <summary>What the guest has told of its password, encrypted for its user; empty before it has, and when it was cleared.</summary>
internal sealed class ShowServerPassword(Database db, Vault vault)
{
    public const string Route = "compute/v2.1/servers/{id}/os-server-password";

    [Function("compute-show-server-password"), Policy("os_compute_api:os-server-password:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request,
        ServerId id,
        Caller caller
    )
    {
        var secret = await db.ReadAsync(async tx =>
        {
            await ServerOperations.FindAsync(tx, id, caller);
            return await tx.FindPasswordAsync(id);
        });
        var password = secret is null ? "" : Encoding.UTF8.GetString(vault.Open(secret));
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteString("password", password);
                w.WriteEndObject();
            }
        );
    }
}
