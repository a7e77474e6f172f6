namespace Pipeline.BlockStorage.Extensions;

internal sealed class ShowExtension
{
    [Function("volume-show-extension"), Policy("volume:extensions:show", Require.ProjectReader)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/extensions/{alias}")] HttpRequest request,
        string alias
    )
    {
        var extension =
            Extension.All.FirstOrDefault(one => one.Alias == alias)
            ?? throw Fault.NotFound($"There is no extension {alias}.");
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("extension");
                extension.Write(w);
                w.WriteEndObject();
            }
        );
    }
}
