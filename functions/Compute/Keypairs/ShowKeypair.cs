using Pipeline.Data;

namespace Pipeline.Compute.Keypairs;

internal sealed class ShowKeypair(Database db)
{
    [Function("compute-show-keypair"), Policy("os_compute_api:os-keypairs:show", Require.Token)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/os-keypairs/{name}")]
            HttpRequest request,
        string name,
        Caller caller
    )
    {
        var pair =
            await db.ReadAsync(tx => tx.FindKeypairAsync(caller.UserId, name))
            ?? throw Fault.NotFound($"Keypair {name} not found for user {caller.UserId}");
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
                w.WriteNumber("id", pair.Number);
                w.WriteString("created_at", $"{pair.CreatedAt:yyyy-MM-dd'T'HH:mm:ss.ffffff}");
                w.WriteNull("updated_at");
                w.WriteNull("deleted_at");
                w.WriteBoolean("deleted", false);
                w.WriteEndObject();
                w.WriteEndObject();
            }
        );
    }
}
