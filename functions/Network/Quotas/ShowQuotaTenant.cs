namespace Pipeline.Network.Quotas;

/// <summary>Tells a client whose quota it would be shown.</summary>
internal sealed class ShowQuotaTenant
{
    [Function("network-show-quota-tenant"), Policy("network:quotas:show", Require.ProjectReader)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/quotas/tenant")] HttpRequest request,
        Caller caller
    ) => QuotaView.Tenant(caller.Project);
}
