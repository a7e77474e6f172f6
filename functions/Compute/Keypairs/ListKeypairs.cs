using Pipeline.Data;

namespace Pipeline.Compute.Keypairs;

internal sealed class ListKeypairs(Database db)
{
    [Function("compute-list-keypairs"), Policy("os_compute_api:os-keypairs:index", Require.Token)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/os-keypairs")] HttpRequest request,
        Caller caller
    )
    {
        var page = Page.Of(request, 1000);
        var pairs = await db.ReadAsync(tx => tx.ListKeypairsAsync(caller.UserId, page.Marker ?? "", page.Limit));
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("keypairs");
                foreach (var pair in pairs)
                {
                    w.WriteStartObject();
                    w.WriteStartObject("keypair");
                    w.WriteString("name", pair.Name);
                    w.WriteString("public_key", pair.PublicKey);
                    w.WriteString("fingerprint", pair.Fingerprint);
                    w.WriteEndObject();
                    w.WriteEndObject();
                }
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
    }
}
