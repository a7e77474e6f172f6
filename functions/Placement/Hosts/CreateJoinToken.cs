using System.Security.Cryptography;
using System.Text;
using Pipeline.Data;

namespace Pipeline.Placement.Hosts;

internal sealed record JoinTokenView(string Token, DateTimeOffset ExpiresAt);

/// <summary>Makes a one-time token for one new agent; only its hash is kept.</summary>
internal sealed class CreateJoinToken(Database db, Randomness randomness)
{
    internal static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    [Function("hosts-create-join-token"), Policy("hosts:join-tokens:create", Require.Admin), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "hosts/v1/join-tokens")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var token = randomness.Password(40);
        var hash = HashOf(token);
        var expiresAt = await db.WriteAsync(async tx =>
        {
            var expires = tx.Now + Lifetime;
            await tx.AddJoinTokenAsync(hash, expires);
            await tx.AuditAsync(caller.Audit(requestId, "hosts:join-tokens:create", "join-token"));
            return expires;
        });
        return Answer.Json(201, new(token, expiresAt), PlacementJson.Default.JoinTokenView);
    }

    internal static string HashOf(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
