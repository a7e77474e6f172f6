using Pipeline.Data;
using Pipeline.Identity.Auth;
using Pipeline.Identity.Cache;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Passwords;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Delegations;

/// <summary>What a login by an application credential or on a trust gets: never more than what its owner has now.</summary>
internal sealed class DelegatedLogin(
    Database db,
    IdentityStore store,
    IdentityCache cache,
    DelegatedRoles lent,
    ChangeLog changes,
    PasswordCheck passwords,
    Names names,
    TimeProvider time
)
{
    /// <exception cref="Fault">Unauthorized, whatever is wrong, and as late whether it exists or not.</exception>
    public async ValueTask<Granted> ByCredentialAsync(CredentialProof proof, HttpContext context)
    {
        var credential = await FindAsync(proof);
        var right = await passwords.VerifyAsync(
            credential is null ? null : $"application-credential/{credential.Id}",
            credential?.SecretHash,
            proof.Secret,
            context
        );
        return right ? await GrantAsync(credential!) : throw Refusals.Unauthorized();
    }

    /// <summary>For who has proved in another way that the application credential is theirs.</summary>
    /// <exception cref="Fault">Unauthorized, whatever is wrong.</exception>
    public async ValueTask<Granted> OfCredentialAsync(string id, UserFacts owner)
    {
        var credential = await cache.DelegationAsync(new(DelegationKind.ApplicationCredential, id));
        return credential?.OwnerId == owner.Id ? await GrantAsync(credential) : throw Refusals.Unauthorized();
    }

    /// <summary>Of a trust that is for so many logins only, this takes one.</summary>
    /// <exception cref="Fault">Unauthorized, whatever is wrong.</exception>
    public async ValueTask<Granted> OnTrustAsync(string id, UserFacts bearer)
    {
        var trust = await cache.DelegationAsync(new(DelegationKind.Trust, id));
        if (trust is null || trust.BearerId != bearer.Id)
            throw Refusals.Unauthorized();
        var granted = await GrantAsync(trust);
        if (trust.RemainingUses is not null && !await TakeUseAsync(trust))
            throw Refusals.Unauthorized();
        return granted;
    }

    private async ValueTask<Granted> GrantAsync(Delegation delegation)
    {
        if (
            delegation.IsOver(time.GetUtcNow())
            || !await AreThereAsync(delegation.Parties())
            || await cache.UserAsync(delegation.ActsAs) is not { } user
            || await cache.ProjectAsync(delegation.ProjectId) is not { Enabled: true } project
        )
            throw Refusals.Unauthorized();
        var roles = await lent.RolesAsync(delegation);
        return roles.Count > 0 ? new(user, Place.Of(project), roles, delegation) : throw Refusals.Unauthorized();
    }

    private async ValueTask<bool> AreThereAsync(IEnumerable<UserId> users)
    {
        foreach (var user in users)
            if (await cache.UserAsync(user) is not { Enabled: true })
                return false;
        return true;
    }

    private async ValueTask<Delegation?> FindAsync(CredentialProof proof)
    {
        if (proof.Id is not null)
            return await cache.DelegationAsync(new(DelegationKind.ApplicationCredential, proof.Id));
        if (await names.UserAsync(proof.User!) is not { } user)
            return null;
        var id = await db.ReadAsync(tx => store.CredentialIdAsync(tx, user.Id, proof.Name!));
        return id is null ? null : await cache.DelegationAsync(new(DelegationKind.ApplicationCredential, id));
    }

    private Task<bool> TakeUseAsync(Delegation trust) =>
        db.WriteAsync(async tx =>
        {
            if (!await store.TakeUseAsync(tx, trust.Id))
                return false;
            await changes.AddAsync(tx, Change.Delegation(trust.Id, revokes: false));
            return true;
        });
}

/// <summary>What a login amounts to.</summary>
/// <param name="By">The application credential or trust; null for the user's own roles.</param>
internal sealed record Granted(UserFacts User, Place Place, IReadOnlyList<RoleFacts> Roles, Delegation? By = null)
{
    /// <summary>The id of the EC2 credential that it was got by.</summary>
    public string? KeyPair { get; init; }
}
