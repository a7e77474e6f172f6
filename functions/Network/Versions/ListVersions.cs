using Pipeline.Network.Wire;

namespace Pipeline.Network.Versions;

/// <summary>The versions of the API, at the address that the catalogue names.</summary>
internal sealed class ListVersions(PublicUrl publicUrl)
{
    [Function("network-list-versions"), Policy("network:versions", Require.Anyone)]
    public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/")] HttpRequest request) =>
        Document.Answer(json =>
            json.WriteObjects(
                "versions",
                ["v2.0"],
                (j, version) =>
                {
                    j.WriteString("id", version);
                    j.WriteString("status", "CURRENT");
                    PageLink[] links = [new("self", $"{publicUrl.Of(request)}/network/{version}/")];
                    j.WriteObjects("links", links, (writer, link) => link.Write(writer));
                }
            )
        );
}
