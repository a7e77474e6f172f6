using Pipeline.Data;

namespace Pipeline.Network.AddressScopes;

internal sealed class DeleteAddressScope(Database db)
{
    private const string Rule = "network:address-scopes:delete";

    [Function("network-delete-address-scope"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/address-scopes/{id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        await db.WriteAsync(async tx =>
        {
            var scope = await tx.GetOwnScopeAsync(caller, id, "delete_address_scope");
            await tx.RemoveScopeAsync(scope.Id);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"address-scope/{id}"));
        });
        return Answer.NoContent();
    }
}
