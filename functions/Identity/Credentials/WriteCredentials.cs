using System.Text.Json;
using Pipeline.Data;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Delegations;

namespace Pipeline.Identity.Credentials;

/// <summary>Making and changing a credential. Of an EC2 credential the blob is JSON with an access and a secret key.</summary>
internal sealed class WriteCredentials(
    Database db,
    CredentialStore store,
    IdentityStore identity,
    Policies policies,
    ChangeLog changes,
    IdentityUrls urls,
    Randomness randomness
)
{
    private const int LongestBlob = 65_535;
    private const string CreateRule = "identity:create_credential";
    private const string UpdateRule = "identity:update_credential";

    [
        Function("identity-create-credential"),
        Policy(CreateRule, Require.Token, Check = Checks.WriteCredential),
        Answers(201)
    ]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = ReadCredentials.All)] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var body = (await request.ReadFieldsAsync()).Object("credential");
        Delegating.OwnersAlone(caller, "credentials");
        var (type, blob) = (body["type"].String(1), body["blob"].String(max: LongestBlob));
        var secret = store.Seal(blob);
        var credential = Over(
            new Credential
            {
                Id = IdOf(type, blob, body["blob"]),
                UserId = caller.UserId,
                Type = type,
                SecretId = secret.Id,
            },
            body
        );
        policies.Enforce(CreateRule, caller, credential.Target);
        await db.WriteAsync(async tx =>
        {
            await CheckAsync(tx, credential);
            if (!await store.TryAddAsync(tx, credential, secret))
                throw Refusals.Duplicate("credential", credential.Id);
            await tx.AuditAsync(caller.Audit(requestId, CreateRule, credential.Owner));
        });
        return View(201, request, credential, blob);
    }

    [
        Function("identity-update-credential"),
        Policy(UpdateRule, Require.Token, Check = Checks.WriteCredential),
        Answers(200)
    ]
    public async Task<IResult> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = ReadCredentials.One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string credentialId
    )
    {
        var body = (await request.ReadFieldsAsync()).Object("credential");
        body.NotEmpty();
        body.SameId(credentialId);
        Delegating.OwnersAlone(caller, "credentials");
        var given = body.Optional("blob")?.String(max: LongestBlob);
        var secret = given is null ? null : store.Seal(given);
        var (after, blob) = await db.WriteAsync(async tx =>
        {
            var before = await store.FindAsync(tx, credentialId);
            policies.Enforce(UpdateRule, caller, before?.Target ?? PolicyTarget.None);
            var after = Over(before ?? throw Refusals.NotFound("credential", credentialId), body);
            after = secret is null ? after : after with { SecretId = secret.Id };
            policies.Enforce(UpdateRule, caller, after.Target); // nobody gives theirs to another
            await CheckAsync(tx, after);
            var blob = given ?? await store.BlobAsync(tx, before);
            if (
                after.Type == Credential.Ec2
                && IdOf(after.Type, blob, body.Optional("blob") ?? body["type"]) != after.Id
            )
                throw Fault.BadRequest("The access key of an EC2 credential cannot be changed.");
            await store.UpdateAsync(tx, after, secret);
            if (before.Type == Credential.Ec2)
                await changes.AddAsync(tx, before.Ended);
            await tx.AuditAsync(caller.Audit(requestId, UpdateRule, after.Owner));
            return (after, blob);
        });
        return View(200, request, after, blob);
    }

    private static Credential Over(Credential credential, Fields body) =>
        credential with
        {
            UserId = body.Nullable("user_id")?.Id<UserId>() ?? credential.UserId,
            ProjectId = body.Has("project_id") ? body.Nullable("project_id")?.Id<ProjectId>() : credential.ProjectId,
            Type = body.Optional("type")?.String(1) ?? credential.Type,
        };

    private async ValueTask CheckAsync(Tx tx, Credential credential)
    {
        if (credential is { Type: Credential.Ec2, ProjectId: null })
            throw Fault.BadRequest("Invalid input for field credential.project_id: an EC2 credential needs it.");
        if (await identity.FindUserAsync(tx, credential.UserId.Value) is null)
            throw Refusals.NotFound("user", credential.UserId.Value);
        if (credential.ProjectId is { } project && await identity.FindProjectAsync(tx, project.Value) is null)
            throw Refusals.NotFound("project", project.Value);
    }

    private string IdOf(string type, string blob, Field field)
    {
        if (type != Credential.Ec2)
            return randomness.NewGuid().ToString("N");
        try
        {
            return JsonSerializer.Deserialize(blob, IdentityJson.Default.Ec2Blob) is { Access.Length: > 0 } pair
                ? Credential.IdOfAccess(pair.Access)
                : throw field.Wrong("must have an access key");
        }
        catch (JsonException)
        {
            throw field.Wrong("must be JSON, for an EC2 credential");
        }
    }

    private Answer View(int status, HttpRequest request, Credential credential, string blob) =>
        Answer.Json(
            status,
            new CredentialRecord(
                new(
                    credential.Id,
                    credential.UserId,
                    credential.ProjectId,
                    credential.Type,
                    blob,
                    new(urls.Of(request, $"credentials/{credential.Id}"))
                )
            ),
            IdentityJson.Default.CredentialRecord
        );
}
