namespace Pipeline.Contracts.Identity;

/// <summary>Query interface: what a token says. Asked once for every request, so it answers from memory.</summary>
public interface ITokens
{
    /// <returns>Null when the token is malformed, expired or revoked.</returns>
    ValueTask<Caller?> AuthenticateAsync(string token);
}
