using Pipeline.Data;

namespace Pipeline.Identity.Roles;

internal sealed class ListRoles(Database db, IdentityStore store, IdentityUrls urls)
{
    [Function("identity-list-roles"), Policy("identity:list_roles", Require.Admin), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/roles")] HttpRequest request
    )
    {
        var query = Query.Of(request);
        var ofDomain = query["domain_id"] is { Length: > 0 }; // roles of a domain: there are none
        var roles = ofDomain ? [] : await db.ReadAsync(tx => store.RolesAsync(tx, query["name"]));
        return RoleView.Answer(request, urls, roles, "roles");
    }
}
