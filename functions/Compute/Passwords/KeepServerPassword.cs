using System.Text;
using Pipeline.Compute.Servers;
using Pipeline.Contracts.Compute;
using Pipeline.Data;

namespace Pipeline.Compute.Passwords;

/// <summary>A host passes on what a guest of its own has told of its password. The same again is success.</summary>
internal sealed class KeepServerPassword(Database db, Vault vault)
{
    [Function("compute-keep-server-password"), Policy("hosts:passwords", Require.Host)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "hosts/v1/{host}/servers/{server}/password")]
            HttpRequest request,
        HostId host,
        ServerId server,
        CancellationToken ct
    )
    {
        var told = await request.ReadMessageAsync<GuestPassword>(ct);
        if (told.Password is not { Length: > 0 } || Encoding.UTF8.GetByteCount(told.Password) > GuestPassword.Limit)
            throw Fault.BadRequest($"A password has 1 to {GuestPassword.Limit} bytes.");
        var secret = vault.Seal(Encoding.UTF8.GetBytes(told.Password));
        await db.WriteAsync(async tx =>
        {
            if (await tx.LockServerHostAsync(server) != host)
                throw Fault.NotFound($"Host {host} has no server {server}.");
            await tx.AddPasswordAsync(server, secret);
        });
        return Answer.NoContent();
    }
}
