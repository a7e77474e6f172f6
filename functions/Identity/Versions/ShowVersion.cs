namespace Pipeline.Identity.Versions;

internal sealed class ShowVersion(IdentityUrls urls)
{
    [Function("identity-show-version"), Policy("identity:show_version", Require.Anyone), Answers(200)]
    public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3")] HttpRequest request) =>
        Answer.Json(200, new VersionDocument(VersionView.Of(request, urls)), IdentityJson.Default.VersionDocument);
}
