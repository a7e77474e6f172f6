namespace Pipeline.BlockStorage.Versions;

/// <summary>Cinder's version documents, served without a token: the one version, at the root and at its own address.</summary>
internal sealed class VersionDocuments(PublicUrl publicUrl)
{
    private const string Updated = "2016-02-08T12:20:21Z";
    private const string Media = "application/vnd.openstack.volume+json;version=3";

    /// <summary>The root offers a choice, as its status says.</summary>
    [Function("volume-list-versions"), Policy("volume:versions", Require.Anyone), Answers(300)]
    public IResult List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/")] HttpRequest request) =>
        Of(300, request);

    [Function("volume-show-version"), Policy("volume:versions", Require.Anyone)]
    public IResult Show([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/")] HttpRequest request) =>
        Of(200, request);

    private Answer Of(int status, HttpRequest request) =>
        Answer.Written(
            status,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("versions");
                w.WriteStartObject();
                w.WriteString("id", "v3.0");
                w.WriteString("status", "CURRENT");
                w.WriteString("version", $"{VolumeVersions.Table.Maximum}");
                w.WriteString("min_version", $"{VolumeVersions.Table.Minimum}");
                w.WriteString("updated", Updated);
                w.WriteStartArray("links");
                w.WriteStartObject();
                w.WriteString("rel", "self");
                w.WriteString("href", $"{publicUrl.Of(request)}/volume/v3/");
                w.WriteEndObject();
                w.WriteEndArray();
                w.WriteStartArray("media-types");
                w.WriteStartObject();
                w.WriteString("base", "application/json");
                w.WriteString("type", Media);
                w.WriteEndObject();
                w.WriteEndArray();
                w.WriteEndObject();
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
}
