using Pipeline.Network.Wire;

namespace Pipeline.Network.Extensions;

internal sealed class ListExtensions
{
    [Function("network-list-extensions"), Policy("network:extensions:list", Require.ProjectReader)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/extensions")] HttpRequest request
    ) => Document.Answer(json => json.WriteObjects("extensions", Extension.All, (j, e) => e.Write(j)));
}
