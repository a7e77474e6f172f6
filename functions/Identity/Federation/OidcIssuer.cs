namespace Pipeline.Identity.Federation;

/// <summary>An issuer that the operator trusts. Nothing is ever fetched but its keys, from the address that the operator has named.</summary>
/// <param name="Issuer">As its tokens' `iss` has it, to the letter.</param>
/// <param name="Audience">What this cloud is called there: what tokens' `aud` must be, or contain.</param>
/// <param name="Keys">Its JSON Web Key Set (RFC 7517); https, or plain on this machine.</param>
public sealed record OidcIssuer(string Issuer, string Audience, Uri Keys);
