using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Pipeline.Identity.Federation;
using Pipeline.Identity.Passwords;

namespace Pipeline.Functions;

/// <summary>What an operator asks of passwords and logins, from the settings; whatever is not set is not asked.</summary>
internal static class LoginSettings
{
    private static readonly TimeSpan LongestMatch = TimeSpan.FromMilliseconds(200);

    /// <exception cref="Fault">BadRequest with a sentence for the operator.</exception>
    public static PasswordRules RulesOf(IConfiguration settings) =>
        new()
        {
            History = Count(settings, "passwordHistory") ?? 0,
            ExpireAfter = Span(settings, "passwordExpiresAfter"),
            MinimumAge = Span(settings, "passwordMinimumAge") ?? TimeSpan.Zero,
            Pattern = Pattern(settings, "passwordRegex"),
            PatternInWords = settings["passwordRegexDescription"],
            ChangeUponFirstUse = Flag(settings, "changePasswordUponFirstUse"),
            LockoutAttempts = Count(settings, "lockoutAttempts"),
            LockoutDuration =
                settings["lockoutDuration"] == "forever"
                    ? null
                    : Span(settings, "lockoutDuration") ?? new PasswordRules().LockoutDuration,
            DisableInactiveAfter = Span(settings, "disableInactiveAfter"),
        };

    /// <summary>`oidc:0:issuer`, `oidc:0:audience` and `oidc:0:keys`, and so on.</summary>
    /// <exception cref="Fault">BadRequest with a sentence for the operator.</exception>
    public static IReadOnlyList<OidcIssuer> IssuersOf(IConfiguration settings) =>
        [.. settings.GetSection("oidc").GetChildren().Select(IssuerOf)];

    private static OidcIssuer IssuerOf(IConfigurationSection section)
    {
        if (section["issuer"] is not { Length: > 0 } issuer || section["audience"] is not { Length: > 0 } audience)
            throw Fault.BadRequest($"{section.Path} needs an issuer and an audience.");
        return
            Uri.TryCreate(section["keys"], UriKind.Absolute, out var keys)
            && (keys.Scheme == Uri.UriSchemeHttps || (keys.Scheme == Uri.UriSchemeHttp && keys.IsLoopback))
            ? new(issuer, audience, keys)
            : throw Fault.BadRequest($"{section.Path}:keys '{section["keys"]}' is no https address of a key set.");
    }

    private static int? Count(IConfiguration settings, string name) =>
        settings[name] is not { Length: > 0 } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= 1000
            ? count
        : throw Fault.BadRequest($"{name} '{text}' is no number from 1 to 1000.");

    private static TimeSpan? Span(IConfiguration settings, string name) =>
        settings[name] is not { Length: > 0 } text ? null
        : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) && span > TimeSpan.Zero ? span
        : throw Fault.BadRequest($"{name} '{text}' is no time span, as 90.00:00:00 for ninety days.");

    private static bool Flag(IConfiguration settings, string name) =>
        settings[name] is { Length: > 0 } text
        && (
            bool.TryParse(text, out var flag)
                ? flag
                : throw Fault.BadRequest($"{name} '{text}' is neither true nor false.")
        );

    private static Regex? Pattern(IConfiguration settings, string name)
    {
        if (settings[name] is not { Length: > 0 } text)
            return null;
        try
        {
            return new(text, RegexOptions.CultureInvariant, LongestMatch);
        }
        catch (RegexParseException wrong)
        {
            throw Fault.BadRequest($"{name} is no regular expression: {wrong.Message}");
        }
    }
}
