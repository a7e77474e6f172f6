using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.DefaultSecurityGroupRules;

internal sealed class DeleteDefaultRule(Database db)
{
    private const string Rule = "network:default-security-group-rules:delete";

    [Function("network-delete-default-security-group-rule"), Policy(Rule, Require.Admin), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/default-security-group-rules/{id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        await db.WriteAsync(async tx =>
        {
            var rule = await tx.GetDefaultRuleAsync(id);
            await tx.DeleteDefaultRuleAsync(rule.Id);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"default-security-group-rule/{rule.Id}"));
        });
        return Answer.NoContent();
    }
}
