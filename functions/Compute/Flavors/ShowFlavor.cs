using Pipeline.Data;

namespace Pipeline.Compute.Flavors;

internal sealed class ShowFlavor(Database db, PublicUrl publicUrl)
{
    [Function("compute-show-flavor"), Policy("os_compute_api:flavors:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/flavors/{id}")] HttpRequest request,
        string id,
        Caller caller
    )
    {
        var flavor =
            await db.ReadAsync(tx => tx.FindFlavorAsync(id, caller))
            ?? throw Fault.NotFound($"Flavor {id} could not be found.");
        return FlavorAnswer.Of(flavor, publicUrl.Of(request));
    }
}

internal static class FlavorAnswer
{
    public static Answer Of(Flavor flavor, string baseUrl) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("flavor");
                FlavorView.Write(w, flavor, baseUrl);
                w.WriteEndObject();
            }
        );
}
