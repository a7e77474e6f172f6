using Pipeline.Identity.Federation;
using Pipeline.Identity.Passwords;

namespace Pipeline.Identity;

/// <summary>What an operator may choose about logins and tokens.</summary>
public sealed record IdentityOptions
{
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a key seals new tokens, unless an operator replaces it; the keys before it open what they sealed.</summary>
    public TimeSpan KeyRotation { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Rounds of PBKDF2-HMAC-SHA-512: OWASP's recommendation. Fewer only where nothing is at stake.</summary>
    public int PasswordIterations { get; init; } = 210_000;

    /// <summary>What is asked of passwords.</summary>
    public PasswordRules Passwords { get; init; } = new();

    /// <summary>Issuers whose signed claims are a way in; none by default.</summary>
    public IReadOnlyList<OidcIssuer> Issuers { get; init; } = [];

    /// <summary>How their keys are fetched: a simulation has no network.</summary>
    public Func<HttpMessageHandler> ToIssuers { get; init; } = IssuerKeys.Network;

    /// <summary>Passwords hashed at the same time, so that logins leave processors to other requests.</summary>
    public int PasswordChecks { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Checks that may wait: of one address, and in all. One more is refused.</summary>
    public (int OfOneSource, int InAll) PasswordsWaiting { get; init; } = (16, 128);
}
