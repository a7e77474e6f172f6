using Pipeline.Data;
using Pipeline.Identity.Cache;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Auth;

internal sealed record ReceiptView(
    IReadOnlyList<string> Methods,
    ReceiptUserView User,
    string ExpiresAt,
    string IssuedAt
);

internal sealed record ReceiptUserView(NamedView Domain, string Id, string Name);

internal sealed record ReceiptDocument(ReceiptView Receipt, IReadOnlyList<IReadOnlyList<string>> RequiredAuthMethods);

/// <summary>
/// What a login has shown so far, where more is asked for: it goes to the client, who sends it with the rest. It is sealed as tokens are, is
/// none, and ends as they do.
/// </summary>
internal sealed class Receipts(TokenSeal seal, Revocations revocations, Randomness randomness, TimeProvider time)
{
    private const string Header = "Openstack-Auth-Receipt";

    /// <summary>Time to read a code off another screen.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <summary>Null when the request brings none.</summary>
    /// <exception cref="Fault">Unauthorized when it brings one that does not hold.</exception>
    public async ValueTask<Token?> ReadAsync(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(Header, out var header))
            return null;
        return
            header is [{ Length: > 0 } text]
            && await seal.OpenAsync(text) is { Scope.Kind: ScopeKind.Receipt } receipt
            && time.GetUtcNow() < receipt.ExpiresAt
            && !revocations.HitUser(receipt, receipt.User)
            ? receipt
            : throw Refusals.Unauthorized();
    }

    public Answer Ask(UserFacts user, AuthMethods shown, long version)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var id = new AuditId(randomness.NewGuid());
        var receipt = new Token(user.Id, TokenScope.Receipt, shown, id, now, now + Life, version);
        var view = new ReceiptView(
            MethodNames.Of(shown),
            new(new(user.DomainId.Value, user.DomainName), user.Id.Value, user.Name),
            Times.Show(receipt.ExpiresAt),
            Times.Show(receipt.IssuedAt)
        );
        return Answer
            .Json(
                401,
                new ReceiptDocument(view, user.Asks.MultiFactorAuthRules ?? []),
                IdentityJson.Default.ReceiptDocument
            )
            .With(Header, seal.Seal(receipt));
    }
}
