using Pipeline.Data;
using Pipeline.Identity.Cache;
using Pipeline.Identity.Catalog;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Passwords;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Auth;

/// <summary>A login. It writes nothing; whatever is wrong with it is the same 401.</summary>
internal sealed class IssueToken(
    IdentityCache cache,
    ChangeFeed feed,
    PasswordCheck passwords,
    TokenCheck tokens,
    TokenSeal seal,
    ServiceCatalog catalog,
    IdentityOptions options,
    Randomness randomness,
    TimeProvider time
)
{
    [Function("identity-issue-token"), Policy("identity:issue_token", Require.Anyone), Answers(201)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "identity/v3/auth/tokens")] HttpRequest request
    )
    {
        var auth = AuthRequest.Read(await request.ReadFieldsAsync());
        if (auth.Methods.Any(method => method is not ("password" or "token")))
            throw new Fault(FaultCode.Unauthorized, "Attempted to authenticate with an unsupported method.");
        await feed.ConfirmAsync();
        var version = feed.Version; // read first: what changes from here on revokes this token
        var parent = auth.Token is null ? null : await ParentAsync(auth.Token);
        var user = await ProvenUserAsync(auth, parent, request.HttpContext);
        var (project, roles) = await ScopeAsync(auth.Scope, user);
        var token = Issue(auth, user, project, roles, version);
        token = parent is null ? token : token.Descend(parent.Token);
        var view = TokenView.Of(new(token, user, project, roles), catalog.Of(request, project?.Id));
        return TokenView.Answer(201, view, seal.Seal(token));
    }

    private Token Issue(
        AuthRequest auth,
        UserFacts user,
        ProjectFacts? project,
        IReadOnlyList<RoleFacts> roles,
        long version
    )
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var methods =
            (auth.Password is null ? AuthMethods.None : AuthMethods.Password)
            | (auth.Token is null ? AuthMethods.None : AuthMethods.Token);
        var id = new AuditId(randomness.NewGuid());
        return new(user.Id, project?.Id, methods, id, now, now + options.TokenLifetime, version)
        {
            Roles = [.. roles.Select(role => role.Number)],
        };
    }

    private async ValueTask<Standing> ParentAsync(string text) =>
        await tokens.RunAsync(text) ?? throw Fault.NotFound("Could not find token.");

    private async ValueTask<UserFacts> ProvenUserAsync(AuthRequest auth, Standing? parent, HttpContext context)
    {
        if (auth.Password is not { } proof)
            return parent!.User;
        var user = await FindAsync(proof.User);
        if (!await passwords.VerifyAsync(user, proof.Password, context) || user is not { Enabled: true })
            throw Refusals.Unauthorized();
        return parent is null || parent.User.Id == user.Id ? user : throw Refusals.Unauthorized();
    }

    private async ValueTask<(ProjectFacts? Project, IReadOnlyList<RoleFacts> Roles)> ScopeAsync(
        Scope scope,
        UserFacts user
    )
    {
        switch (scope)
        {
            case Scope.OfProject { Project: var name }:
                var asked = await OnAsync(user, await FindProjectAsync(name));
                return asked.Project is null ? throw Refusals.Unauthorized() : asked;
            case Scope.Default when user.DefaultProjectId is { } id: // a default that is no good is no error
                return await OnAsync(user, await cache.ProjectAsync(id));
            case Scope.Elsewhere:
                throw Refusals.Unauthorized();
            default:
                return (null, []);
        }
    }

    private async ValueTask<(ProjectFacts? Project, IReadOnlyList<RoleFacts> Roles)> OnAsync(
        UserFacts user,
        ProjectFacts? project
    )
    {
        if (project is not { Enabled: true })
            return (null, []);
        var roles = await cache.GrantsAsync(user.Id, project.Id);
        return roles.Count > 0 ? (project, roles) : (null, []);
    }

    private async ValueTask<UserFacts?> FindAsync(NamedRef user)
    {
        if (user.Id is not null)
            return UserId.TryParse(user.Id, out var id) ? await cache.UserAsync(id) : null;
        return await FindAsync(user.Domain!) is { } domain ? await cache.UserAsync(domain.Id, user.Name!) : null;
    }

    private async ValueTask<ProjectFacts?> FindProjectAsync(NamedRef project)
    {
        if (project.Id is not null)
            return ProjectId.TryParse(project.Id, out var id) ? await cache.ProjectAsync(id) : null;
        return await FindAsync(project.Domain!) is { } domain
            ? await cache.ProjectAsync(domain.Id, project.Name!)
            : null;
    }

    private ValueTask<DomainFacts?> FindAsync(DomainRef domain) =>
        string.IsNullOrEmpty(domain.Name)
            ? cache.DomainAsync(domain.Id!, name: false)
            : cache.DomainAsync(domain.Name, name: true);
}
