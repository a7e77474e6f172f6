using Pipeline.Identity.Tokens;
using Pipeline.Identity.Users;

namespace Pipeline.Identity.Auth;

/// <summary>Whether a login has shown enough of its user, by that user's rules.</summary>
internal static class MultiFactor
{
    /// <summary>Methods that this cloud does not know are left out of rules; where that leaves nothing, nobody is locked out (as Keystone).</summary>
    public static bool IsEnough(UserOptions user, AuthMethods shown)
    {
        if (user.MultiFactorAuthEnabled == false || user.MultiFactorAuthRules is not { } rules)
            return true;
        var known = rules
            .Select(rule => rule.Aggregate(AuthMethods.None, (all, name) => all | MethodNames.Find(name)))
            .Where(rule => rule != AuthMethods.None)
            .ToList();
        return known.Count == 0 || known.Any(rule => shown.HasFlag(rule));
    }
}
