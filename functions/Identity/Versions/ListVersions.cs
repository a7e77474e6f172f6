namespace Pipeline.Identity.Versions;

internal sealed class ListVersions(IdentityUrls urls)
{
    [Function("identity-list-versions"), Policy("identity:list_versions", Require.Anyone), Answers(300)]
    public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity")] HttpRequest request) =>
        Of(request, urls);

    public static Answer Of(HttpRequest request, IdentityUrls urls) =>
        Answer
            .Json(300, VersionsDocument.Of(request, urls), IdentityJson.Default.VersionsDocument)
            .With("Location", urls.Of(request, ""));
}
