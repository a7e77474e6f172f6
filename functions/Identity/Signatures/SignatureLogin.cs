using System.Security.Cryptography;
using System.Text.Json;
using Pipeline.Data;
using Pipeline.Identity.Cache;
using Pipeline.Identity.Credentials;
using Pipeline.Identity.Delegations;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Signatures;

/// <summary>
/// What a signed request's key pair is good for: its user's roles on its project, or what the trust or application credential lends that
/// it was made under. An unknown key costs what a wrong signature does.
/// </summary>
internal sealed class SignatureLogin(Database db, CredentialStore store, IdentityCache cache, DelegatedLogin delegated)
{
    // Nothing is granted by it: an unknown key only costs what a known one does.
    private const string Decoy = "00000000000000000000000000000000";

    /// <exception cref="Fault">Unauthorized, whatever is wrong.</exception>
    public async ValueTask<Granted> FindAsync(SignedRequest request, Func<SignedRequest, string, bool> holds)
    {
        var (credential, pair) = await db.ReadAsync(tx => PairAsync(tx, request.Access));
        if (!holds(request, pair?.Secret ?? Decoy) || credential?.ProjectId is not { } project || pair is null)
            throw Refusals.Unauthorized();
        if (await cache.UserAsync(credential.UserId) is not { Enabled: true } user)
            throw Refusals.Unauthorized();
        var granted = await GrantAsync(pair, user, project);
        return granted.Place.Scope.Project == project ? granted : throw Refusals.Unauthorized();
    }

    private async ValueTask<Granted> GrantAsync(Ec2Blob pair, UserFacts user, ProjectId on)
    {
        if (pair.TrustId is { } trust)
            return await delegated.OnTrustAsync(trust, user);
        if (pair.AppCredId is { } credential)
            return await delegated.OfCredentialAsync(credential, user);
        if (await cache.ProjectAsync(on) is not { Enabled: true } project)
            throw Refusals.Unauthorized();
        var roles = await cache.GrantsAsync(user.Id, TokenScope.Of(on));
        if (roles.Count == 0)
            throw Refusals.Unauthorized();
        return new(user, Place.Of(project), roles) { KeyPair = Credential.IdOfAccess(pair.Access) };
    }

    private async ValueTask<(Credential? Credential, Ec2Blob? Pair)> PairAsync(Tx tx, string access)
    {
        var found = await store.FindAsync(tx, Credential.IdOfAccess(access));
        if (found is not { Type: Credential.Ec2 })
            return (null, null);
        try
        {
            var pair = await store.Ec2Async(tx, found);
            return pair is { Secret.Length: > 0 } && pair.Access == access ? (found, pair) : (null, null);
        }
        catch (Exception wrong) when (wrong is JsonException or CryptographicException)
        {
            return (null, null); // a blob that is no key pair opens nothing
        }
    }
}
