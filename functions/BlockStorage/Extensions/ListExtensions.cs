namespace Pipeline.BlockStorage.Extensions;

internal sealed class ListExtensions
{
    [Function("volume-list-extensions"), Policy("volume:extensions:list", Require.ProjectReader)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/extensions")] HttpRequest request
    ) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("extensions");
                foreach (var extension in Extension.All)
                    extension.Write(w);
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
}
