using Pipeline.Runtime.Http;

namespace Pipeline.Runtime.Policy;

/// <summary>Whether a token that is for some requests only is for this one.</summary>
internal static class AccessRuleCheck
{
    public static bool Allows(Caller caller, Route route, string path) =>
        caller.AccessRules is not { } rules || rules.Any(rule => Fits(rule, route, path)) || ShowsToken(route);

    /// <param name="pattern">`*` and `{name}` stand for one segment, `**` for any number.</param>
    public static bool Matches(string pattern, string path) =>
        Matches(pattern.Trim('/').Split('/'), path.Trim('/').Split('/'));

    private static bool Fits(AccessRule rule, Route route, string path) =>
        rule.Method == route.Method && rule.Service == ServiceOf(route.Api) && Matches(rule.Path, BelowService(path));

    // Only the last `**` is ever asked to take one more: whoever writes a rule must not decide how long this takes.
    private static bool Matches(string[] pattern, string[] path)
    {
        var (at, next, many, taken) = (0, 0, -1, 0);
        while (next < path.Length)
            if (at < pattern.Length && pattern[at] == "**")
                (many, taken) = (at++, next);
            else if (at < pattern.Length && IsFor(pattern[at], path[next]))
                (at, next) = (at + 1, next + 1);
            else if (many >= 0)
                (at, next) = (many + 1, ++taken);
            else
                return false;
        return pattern.AsSpan(at).Count("**") == pattern.Length - at;
    }

    private static bool IsFor(string pattern, string segment) =>
        pattern == "*" || pattern is ['{', .., '}'] || pattern == segment;

    // A token may always be looked at: services do so for every request.
    private static bool ShowsToken(Route route) => route is { Method: "GET", Template: "identity/v3/auth/tokens" };

    // The first segment is where this cloud has put the service.
    private static string BelowService(string path) =>
        path.StartsWith("v3/") ? "/" + path
        : path.IndexOf('/') is >= 0 and var at ? path[at..]
        : "/";

    private static string ServiceOf(Api api) => api.Name == "volume" ? "volumev3" : api.Name;
}
