using Pipeline.Compute.Quotas;
using Pipeline.Data;

namespace Pipeline.Compute.Keypairs;

/// <summary>Keeps a public key, or makes a pair; the private key is answered once and kept nowhere.</summary>
internal sealed class CreateKeypair(Database db)
{
    private const string Rule = "os_compute_api:os-keypairs:create";

    [Function("compute-create-keypair"), Policy(Rule, Require.Token)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "compute/v2.1/os-keypairs")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var order = (await request.ReadFieldsAsync()).Object("keypair");
        order.Only("name", "public_key");
        var given = order.Optional("public_key")?.String(1, 65_535);
        var (publicKey, privateKey) = given is null ? Keypair.Generate() : (given, null);
        var pair = Keypair.Accept(caller.UserId, order.String("name", 1), publicKey);
        await db.WriteAsync(async tx =>
        {
            await tx.LockAsync($"keypairs/{caller.UserId}");
            var limit = await LimitAsync(tx, caller);
            if (limit >= 0 && await tx.CountKeypairsAsync(caller.UserId) >= limit)
                throw new Fault(FaultCode.QuotaExceeded, "Quota exceeded, too many key pairs.");
            if (!await tx.AddKeypairAsync(pair))
                throw Fault.Conflict($"Key pair '{pair.Name}' already exists.");
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"keypair/{pair.Name}"));
        });
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartObject("keypair");
                w.WriteString("name", pair.Name);
                w.WriteString("public_key", pair.PublicKey);
                w.WriteString("fingerprint", pair.Fingerprint);
                w.WriteString("user_id", pair.UserId.Value);
                if (privateKey is not null)
                    w.WriteString("private_key", privateKey);
                w.WriteEndObject();
                w.WriteEndObject();
            }
        );
    }

    /// <summary>Key pairs belong to users, their limit to the project that the token names; -1 is none.</summary>
    private static async ValueTask<long> LimitAsync(Tx tx, Caller caller) =>
        await tx.LimitAsync(
            caller.ProjectId ?? new(""),
            ComputeQuota.KeyPairs,
            ComputeQuota.DefaultOf(ComputeQuota.KeyPairs)
        );
}
