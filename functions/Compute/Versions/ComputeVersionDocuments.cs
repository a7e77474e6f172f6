using System.Text.Json;

namespace Pipeline.Compute.Versions;

/// <summary>Nova's version documents, served without a token. A v2.0 entry stands first, as clients expect.</summary>
internal sealed class ComputeVersionDocuments(PublicUrl publicUrl)
{
    private const string Updated20 = "2011-01-21T11:33:21Z";
    private const string Updated21 = "2013-07-23T11:33:21Z";

    [Function("compute-list-versions"), Policy("os_compute_api:versions:list", Require.Anyone)]
    public IResult List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/")] HttpRequest request) =>
        ListAnswer(request);

    [Function("compute-show-version"), Policy("os_compute_api:versions:show", Require.Anyone)]
    public IResult Show(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/")] HttpRequest request
    ) => ShowAnswer(request);

    /// <summary>The document that the list's first entry leads to. What answers requests is 2.1.</summary>
    [Function("compute-show-legacy-version"), Policy("os_compute_api:versions:show", Require.Anyone)]
    public IResult ShowLegacy(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2/")] HttpRequest request
    ) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("version");
                var self = $"{publicUrl.Of(request)}/compute/v2/";
                Version(w, "v2.0", "SUPPORTED", "", "", Updated20, self, media: true);
                w.WriteEndObject();
            }
        );

    private Answer ListAnswer(HttpRequest request) =>
        Answer.Written(
            200,
            w =>
            {
                var root = $"{publicUrl.Of(request)}/compute";
                w.WriteStartObject();
                w.WriteStartArray("versions");
                Version(w, "v2.0", "SUPPORTED", "", "", Updated20, $"{root}/v2/", media: false);
                var table = ComputeVersions.Table;
                Version(
                    w,
                    "v2.1",
                    "CURRENT",
                    $"{table.Maximum}",
                    $"{table.Minimum}",
                    Updated21,
                    $"{root}/v2.1/",
                    media: false
                );
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );

    private Answer ShowAnswer(HttpRequest request) =>
        Answer.Written(
            200,
            w =>
            {
                var table = ComputeVersions.Table;
                w.WriteStartObject();
                w.WritePropertyName("version");
                var self = $"{publicUrl.Of(request)}/compute/v2.1/";
                Version(w, "v2.1", "CURRENT", $"{table.Maximum}", $"{table.Minimum}", Updated21, self, media: true);
                w.WriteEndObject();
            }
        );

    private static void Version(
        Utf8JsonWriter w,
        string id,
        string status,
        string maximum,
        string minimum,
        string updated,
        string self,
        bool media
    )
    {
        w.WriteStartObject();
        w.WriteString("id", id);
        w.WriteString("status", status);
        w.WriteString("version", maximum);
        w.WriteString("min_version", minimum);
        w.WriteString("updated", updated);
        w.WriteStartArray("links");
        w.WriteStartObject();
        w.WriteString("rel", "self");
        w.WriteString("href", self);
        w.WriteEndObject();
        w.WriteEndArray();
        if (media)
        {
            w.WriteStartArray("media-types");
            w.WriteStartObject();
            w.WriteString("base", "application/json");
            w.WriteString("type", "application/vnd.openstack.compute+json;version=2.1");
            w.WriteEndObject();
            w.WriteEndArray();
        }
        w.WriteEndObject();
    }
}
