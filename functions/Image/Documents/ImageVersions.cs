using System.Text.Json;

namespace Pipeline.Image.Documents;

/// <summary>Glance's version documents, served without a token: the newest first, all of them under `/v2/`.</summary>
internal sealed class ImageVersions(PublicUrl publicUrl)
{
    // 2.8 is multiple stores, which is a service's choice to have.
    private static readonly string[] Supported = ["v2.7", "v2.6", "v2.5", "v2.4", "v2.3", "v2.2", "v2.1", "v2.0"];

    [Function("image-list-versions"), Policy("image:versions", Require.Anyone), Answers(300)]
    public IResult Root([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "image/")] HttpRequest request) =>
        Document(300, request);

    [Function("image-list-versions-named"), Policy("image:versions", Require.Anyone), Answers(200)]
    public IResult Named(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "image/versions/")] HttpRequest request
    ) => Document(200, request);

    private Answer Document(int status, HttpRequest request)
    {
        var href = $"{publicUrl.Of(request)}/image/v2/";
        return Answer.Written(
            status,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("versions");
                Write(w, "v2.9", "CURRENT", href);
                foreach (var version in Supported)
                    Write(w, version, "SUPPORTED", href);
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
    }

    private static void Write(Utf8JsonWriter w, string id, string status, string href)
    {
        w.WriteStartObject();
        w.WriteString("id", id);
        w.WriteString("status", status);
        w.WriteStartArray("links");
        w.WriteStartObject();
        w.WriteString("rel", "self");
        w.WriteString("href", href);
        w.WriteEndObject();
        w.WriteEndArray();
        w.WriteEndObject();
    }
}
