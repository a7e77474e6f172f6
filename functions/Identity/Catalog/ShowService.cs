namespace Pipeline.Identity.Catalog;

internal sealed class ShowService(ServiceCatalog catalog, IdentityUrls urls)
{
    [Function("identity-show-service"), Policy("identity:get_service", Require.Admin), Answers(200)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/services/{service_id}")]
            HttpRequest request,
        string serviceId
    )
    {
        var service =
            catalog.Services.FirstOrDefault(service => service.Id == serviceId)
            ?? throw Refusals.NotFound("service", serviceId);
        return Answer.Json(
            200,
            new ServiceDocument(ServiceView.Of(request, urls, service)),
            IdentityJson.Default.ServiceDocument
        );
    }
}
