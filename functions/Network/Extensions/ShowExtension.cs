using Pipeline.Network.Wire;

namespace Pipeline.Network.Extensions;

internal sealed class ShowExtension
{
    [Function("network-show-extension"), Policy("network:extensions:list", Require.ProjectReader)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/extensions/{alias}")]
            HttpRequest request,
        string alias
    )
    {
        var extension =
            Extension.All.FirstOrDefault(e => e.Alias == alias)
            ?? throw Fault.NotFound($"Extension with alias {alias} does not exist", "ExtensionNotFound");
        return Document.Answer(json =>
        {
            json.WriteStartObject("extension");
            extension.Write(json);
            json.WriteEndObject();
        });
    }
}
