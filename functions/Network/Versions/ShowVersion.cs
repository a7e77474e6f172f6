using Pipeline.Network.Wire;

namespace Pipeline.Network.Versions;

/// <summary>The core collections of version 2.0.</summary>
internal sealed class ShowVersion(PublicUrl publicUrl)
{
    [Function("network-show-version"), Policy("network:versions", Require.Anyone)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/")] HttpRequest request
    ) =>
        Document.Answer(json =>
            json.WriteObjects(
                "resources",
                ["network", "subnet", "port"],
                (j, name) =>
                {
                    j.WriteString("name", name);
                    j.WriteString("collection", $"{name}s");
                    PageLink[] links = [new("self", $"{publicUrl.Of(request)}/network/v2.0/{name}s")];
                    j.WriteObjects("links", links, (writer, link) => link.Write(writer));
                }
            )
        );
}
