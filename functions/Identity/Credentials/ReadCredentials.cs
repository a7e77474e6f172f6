using Pipeline.Data;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Delegations;

namespace Pipeline.Identity.Credentials;

/// <summary>Listing, showing and deleting credentials: a user's own, and all for who reads the system.</summary>
internal sealed class ReadCredentials(
    Database db,
    CredentialStore store,
    Policies policies,
    ChangeLog changes,
    IdentityUrls urls
)
{
    public const string All = "identity/v3/credentials";
    public const string One = $"{All}/{{credential_id}}";
    private const string ListRule = "identity:list_credentials";
    private const string Rule = "identity:get_credential";
    private const string DeleteRule = "identity:delete_credential";

    [
        Function("identity-list-credentials"),
        Policy(ListRule, Require.Token, Check = Checks.ReadCredential),
        Answers(200)
    ]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request,
        Caller caller
    )
    {
        Delegating.OwnersAlone(caller, "credentials");
        var query = Query.Of(request);
        var shown = await db.ReadAsync(async tx =>
        {
            var faces = new List<CredentialFace>();
            foreach (var credential in await store.ListAsync(tx, query["user_id"], query["type"]))
                if (policies.Allows(ListRule, caller, credential.Target))
                    faces.Add(await FaceAsync(tx, request, credential));
            return faces;
        });
        return Answer.Json(
            200,
            new CredentialRecords(shown, urls.Links(request, "credentials")),
            IdentityJson.Default.CredentialRecords
        );
    }

    [Function("identity-show-credential"), Policy(Rule, Require.Token, Check = Checks.ReadCredential), Answers(200)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request,
        Caller caller,
        string credentialId
    )
    {
        Delegating.OwnersAlone(caller, "credentials");
        var face = await db.ReadAsync(async tx =>
            await FaceAsync(tx, request, await FindAsync(tx, Rule, caller, credentialId))
        );
        return Answer.Json(200, new CredentialRecord(face), IdentityJson.Default.CredentialRecord);
    }

    [
        Function("identity-delete-credential"),
        Policy(DeleteRule, Require.Token, Check = Checks.WriteCredential),
        Answers(204)
    ]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string credentialId
    )
    {
        Delegating.OwnersAlone(caller, "credentials");
        await db.WriteAsync(async tx =>
        {
            var credential = await FindAsync(tx, DeleteRule, caller, credentialId);
            await store.DeleteAsync(tx, credential);
            if (credential.Type == Credential.Ec2)
                await changes.AddAsync(tx, credential.Ended);
            await tx.AuditAsync(caller.Audit(requestId, DeleteRule, $"credential/{credentialId}"));
        });
        return Answer.NoContent();
    }

    private async ValueTask<Credential> FindAsync(Tx tx, string rule, Caller caller, string id)
    {
        var credential = await store.FindAsync(tx, id);
        policies.Enforce(rule, caller, credential?.Target ?? PolicyTarget.None);
        return credential ?? throw Refusals.NotFound("credential", id);
    }

    private async ValueTask<CredentialFace> FaceAsync(Tx tx, HttpRequest request, Credential credential) =>
        new(
            credential.Id,
            credential.UserId,
            credential.ProjectId,
            credential.Type,
            await store.BlobAsync(tx, credential),
            new(urls.Of(request, $"credentials/{credential.Id}"))
        );
}
