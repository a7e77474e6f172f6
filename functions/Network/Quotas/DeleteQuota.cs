using Pipeline.Data;

namespace Pipeline.Network.Quotas;

/// <summary>Takes a project's own limits away: the defaults hold again.</summary>
internal sealed class DeleteQuota(Database db)
{
    private const string Rule = "network:quotas:delete";

    [Function("network-delete-quota"), Policy(Rule, Require.Admin), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/quotas/{project}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string project
    )
    {
        var id = QuotaRights.Readable(caller, project);
        await db.WriteAsync(async tx =>
        {
            if (!await tx.ClearLimitsAsync(id, Quota.Names))
                throw Fault.NotFound($"Quota for tenant {id} could not be found.", "TenantQuotaNotFound");
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"quota/{id}"));
        });
        return Answer.NoContent();
    }
}
