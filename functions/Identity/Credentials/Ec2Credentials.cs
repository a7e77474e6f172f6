using System.Text.Json;
using Pipeline.Data;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Delegations;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Credentials;

/// <summary>A user's EC2 key pairs, each for one project on which they have a role.</summary>
internal sealed class Ec2Credentials(
    Database db,
    CredentialStore store,
    IdentityStore identity,
    Policies policies,
    ChangeLog changes,
    IdentityUrls urls,
    Randomness randomness
)
{
    private const string All = "identity/v3/users/{user_id}/credentials/OS-EC2";
    private const string One = $"{All}/{{access}}";
    private const string CreateRule = "identity:ec2_create_credential";
    private const string ListRule = "identity:ec2_list_credentials";
    private const string ShowRule = "identity:ec2_get_credential";
    private const string DeleteRule = "identity:ec2_delete_credential";

    [
        Function("identity-create-ec2-credential"),
        Policy(CreateRule, Require.Token, Check = Checks.WriteOwn),
        Answers(201)
    ]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string userId
    )
    {
        Allow(CreateRule, caller, userId);
        var project = (await request.ReadFieldsAsync()).Id<ProjectId>("tenant_id");
        var pair = new Ec2Blob(randomness.NewGuid().ToString("N"), randomness.NewGuid().ToString("N"));
        var secret = store.Seal(JsonSerializer.Serialize(pair, IdentityJson.Default.Ec2Blob));
        var credential = new Credential
        {
            Id = Credential.IdOfAccess(pair.Access),
            UserId = new(userId),
            ProjectId = project,
            Type = Credential.Ec2,
            SecretId = secret.Id,
        };
        await db.WriteAsync(async tx =>
        {
            if (await identity.FindUserAsync(tx, userId) is null)
                throw Refusals.NotFound("user", userId);
            if (await identity.FindProjectAsync(tx, project.Value) is null)
                throw Refusals.NotFound("project", project.Value);
            if ((await identity.AssignedAsync(tx, credential.UserId, TokenScope.Of(project))).Count == 0)
                throw Fault.Forbidden($"The user {userId} has no role on the project {project}.");
            await store.TryAddAsync(tx, credential, secret);
            await tx.AuditAsync(caller.Audit(requestId, CreateRule, credential.Owner));
        });
        return Answer.Json(201, new Ec2Record(Face(request, credential, pair)), IdentityJson.Default.Ec2Record);
    }

    [Function("identity-list-ec2-credentials"), Policy(ListRule, Require.Token, Check = Checks.ReadOwn), Answers(200)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request,
        Caller caller,
        string userId
    )
    {
        Allow(ListRule, caller, userId);
        var shown = await db.ReadAsync(async tx =>
        {
            var faces = new List<Ec2Face>();
            foreach (var credential in await store.ListAsync(tx, userId, Credential.Ec2))
                faces.Add(Face(request, credential, await store.Ec2Async(tx, credential)));
            return faces;
        });
        return Answer.Json(
            200,
            new Ec2Records(shown, urls.Links(request, $"users/{userId}/credentials/OS-EC2")),
            IdentityJson.Default.Ec2Records
        );
    }

    [Function("identity-show-ec2-credential"), Policy(ShowRule, Require.Token, Check = Checks.ReadOwn), Answers(200)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request,
        Caller caller,
        string userId,
        string access
    )
    {
        Allow(ShowRule, caller, userId);
        var face = await db.ReadAsync(async tx =>
        {
            var credential = await FindAsync(tx, userId, access);
            return Face(request, credential, await store.Ec2Async(tx, credential));
        });
        return Answer.Json(200, new Ec2Record(face), IdentityJson.Default.Ec2Record);
    }

    [
        Function("identity-delete-ec2-credential"),
        Policy(DeleteRule, Require.Token, Check = Checks.WriteOwn),
        Answers(204)
    ]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string userId,
        string access
    )
    {
        Allow(DeleteRule, caller, userId);
        await db.WriteAsync(async tx =>
        {
            var credential = await FindAsync(tx, userId, access);
            await store.DeleteAsync(tx, credential);
            await changes.AddAsync(tx, credential.Ended);
            await tx.AuditAsync(caller.Audit(requestId, DeleteRule, credential.Owner));
        });
        return Answer.NoContent();
    }

    private void Allow(string rule, Caller caller, string userId)
    {
        policies.Enforce(rule, caller, Targets.UserId(userId));
        Delegating.OwnersAlone(caller, "credentials");
    }

    private async ValueTask<Credential> FindAsync(Tx tx, string userId, string access)
    {
        var found = await store.FindAsync(tx, Credential.IdOfAccess(access));
        return found is { Type: Credential.Ec2 } && found.UserId.Value == userId
            ? found
            : throw Refusals.NotFound("credential", access);
    }

    private Ec2Face Face(HttpRequest request, Credential credential, Ec2Blob pair) =>
        new(
            credential.UserId,
            credential.ProjectId,
            pair.Access,
            pair.Secret,
            TrustId: null,
            new(urls.Of(request, $"users/{credential.UserId}/credentials/OS-EC2/{pair.Access}"))
        );
}
