using System.Text.RegularExpressions;
using Pipeline.Identity.Users;

namespace Pipeline.Identity.Passwords;

/// <summary>What an operator asks of passwords, after Keystone's `security_compliance`. All of it is off unless it is set.</summary>
public sealed record PasswordRules
{
    /// <summary>Of how many of their passwords, the present one included, a new one must be none; 0 asks nothing.</summary>
    public int History { get; init; }

    /// <summary>Null: passwords hold until they are changed. Those that are stored keep the end that they were given.</summary>
    public TimeSpan? ExpireAfter { get; init; }

    /// <summary>How long a user must keep a password that they have chosen.</summary>
    public TimeSpan MinimumAge { get; init; }

    /// <summary>What a password must match from its first character on; with a time-out of its own.</summary>
    public Regex? Pattern { get; init; }

    /// <summary>The pattern in words, for those whose password does not match it.</summary>
    public string? PatternInWords { get; init; }

    /// <summary>A password that another has given is good for nothing but choosing one's own.</summary>
    public bool ChangeUponFirstUse { get; init; }

    /// <summary>Wrong passwords in a row after which a user is locked out; null for never.</summary>
    public int? LockoutAttempts { get; init; }

    /// <summary>Null: until the user is enabled anew.</summary>
    public TimeSpan? LockoutDuration { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Users who have not logged in for so long cannot any more; null for never.</summary>
    public TimeSpan? DisableInactiveAfter { get; init; }

    /// <param name="chosen">True for a password that the user has chosen, false for one that was given to them.</param>
    /// <returns>Null: it holds until it is changed.</returns>
    internal DateTimeOffset? EndOf(UserOptions user, bool chosen, DateTimeOffset now)
    {
        if (!chosen && ChangeUponFirstUse && user.IgnoreChangePasswordUponFirstUse != true)
            return now;
        return ExpireAfter is { } life && user.IgnorePasswordExpiry != true
            ? DateTimeOffset.FromUnixTimeSeconds((now + life).ToUnixTimeSeconds())
            : null;
    }

    /// <exception cref="Fault">BadRequest, which says what is asked for.</exception>
    internal void CheckStrength(string password)
    {
        var matches = true;
        try
        {
            matches = Pattern?.Match(password) is null or { Success: true, Index: 0 };
        }
        catch (RegexMatchTimeoutException)
        {
            matches = false;
        }
        if (!matches)
            throw Fault.BadRequest(
                $"The password does not match the requirements: {PatternInWords ?? Pattern!.ToString()}."
            );
    }

    internal void CheckAge(DateTimeOffset changedAt, DateTimeOffset now)
    {
        if (changedAt + MinimumAge > now)
            throw Fault.BadRequest(
                "You cannot change your password at this time due to the minimum password age. "
                    + $"Please try again after {Times.Show(changedAt + MinimumAge)}, or have it reset."
            );
    }
}

/// <summary>A password as it is stored.</summary>
/// <param name="ExpiresAt">Null: it holds until it is changed.</param>
/// <param name="Chosen">By its user, not given by another.</param>
internal sealed record StoredPassword(string Hash, DateTimeOffset? ExpiresAt, bool Chosen)
{
    public override string ToString() => "password"; // a record would print the hash
}
