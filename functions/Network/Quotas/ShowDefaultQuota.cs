namespace Pipeline.Network.Quotas;

/// <summary>The limits of a project that has none of its own.</summary>
internal sealed class ShowDefaultQuota
{
    [Function("network-show-default-quota"), Policy("network:quotas:show", Require.ProjectReader)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/quotas/{project}/default")]
            HttpRequest request,
        Caller caller,
        string project
    )
    {
        QuotaRights.Readable(caller, project);
        return QuotaView.Plain(QuotaSet.Defaults);
    }
}
