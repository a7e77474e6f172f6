using Pipeline.Data;
using Pipeline.Network.SecurityGroups;

namespace Pipeline.Network.SecurityGroupRules;

internal sealed class DeleteSecurityGroupRule(Database db, SecurityGroupBook book)
{
    private const string Rule = "network:security-group-rules:delete";

    [Function("network-delete-security-group-rule"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/security-group-rules/{id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        await db.WriteAsync(async tx =>
        {
            var rule = await ShowSecurityGroupRule.GetAsync(tx, caller, id);
            await book.RemoveRuleAsync(tx, rule);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"security-group-rule/{rule.Id}"));
        });
        return Answer.NoContent();
    }
}
