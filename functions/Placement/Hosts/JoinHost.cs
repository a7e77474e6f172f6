using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Runtime.Agents;
using Pipeline.Runtime.Storage;

namespace Pipeline.Placement.Hosts;

/// <summary>
/// A new agent introduces itself with a one-time token and its public keys. The same token with the same key is the
/// same join again: its answer may have been lost.
/// </summary>
internal sealed class JoinHost(Database db, Randomness randomness, ControlKeys keys, Cloud cloud, IQueues queues)
{
    [Function("hosts-join"), Policy("hosts:join", Require.Anyone)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "hosts/v1/join")] HttpRequest request,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var join = await request.ReadMessageAsync<JoinRequest>(ct);
        var hash = CreateJoinToken.HashOf(join.Token);
        var candidate = new HostRow
        {
            Id = new(randomness.NewGuid()),
            Name = NameOf(join),
            SigningKey = KeyOf(join.SigningKey),
            SealingKey = KeyOf(join.SealingKey),
            Roles = string.Join(',', join.Roles),
        };
        var host = await db.WriteAsync(tx => AcceptAsync(tx, hash, candidate, requestId));
        var queue = $"host-{host}";
        await queues.Open(queue).CreateAsync(ct);
        return Answer.Json(200, new(host, cloud.Id, keys.PublicKey, queue), ContractsJson.Default.JoinAnswer);
    }

    private static async ValueTask<HostId> AcceptAsync(Tx tx, string hash, HostRow candidate, RequestId requestId)
    {
        if (await tx.FindJoinTokenAsync(hash) is not { } token || token.ExpiresAt <= tx.Now)
            throw new Fault(FaultCode.Unauthorized, "The join token is unknown or has expired.");
        if (token.HostId is { } joined)
            return await tx.FindHostAsync(joined) is { } known && known.SigningKey == candidate.SigningKey
                ? joined
                : throw new Fault(FaultCode.Unauthorized, "The join token was used by another host.");
        if (!await tx.AddHostAsync(candidate))
            throw Fault.Conflict($"A host named '{candidate.Name}' has joined already.");
        await tx.UseJoinTokenAsync(hash, candidate.Id);
        await tx.AuditAsync(Caller.Anonymous.Audit(requestId, "hosts:join", $"host/{candidate.Id}"));
        return candidate.Id;
    }

    private static string NameOf(JoinRequest join) =>
        join.Name is { Length: > 0 and <= 255 } name
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_')
            ? name
            : throw Fault.BadRequest("Invalid input for field Name: it must be a host name.");

    private static string KeyOf(byte[] key) =>
        key is { Length: > 0 and <= 512 }
            ? Convert.ToBase64String(key)
            : throw Fault.BadRequest("Invalid input for a key: it must be a P-256 public key.");
}
