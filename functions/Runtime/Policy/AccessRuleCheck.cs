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

    private static bool Matches(ReadOnlySpan<string> pattern, ReadOnlySpan<string> path)
    {
        if (pattern.IsEmpty)
            return path.IsEmpty;
        if (pattern[0] == "**")
        {
            for (var taken = 0; taken <= path.Length; taken++)
                if (Matches(pattern[1..], path[taken..]))
                    return true;
            return false;
        }
        var any = pattern[0] == "*" || pattern[0] is ['{', .., '}'];
        return !path.IsEmpty && (any || pattern[0] == path[0]) && Matches(pattern[1..], path[1..]);
    }

    // A token may always be looked at: services do so for every request.
    private static bool ShowsToken(Route route) => route is { Method: "GET", Template: "identity/v3/auth/tokens" };

    // The first segment is where this cloud has put the service.
    private static string BelowService(string path) =>
        path.StartsWith("v3/") ? "/" + path
        : path.IndexOf('/') is >= 0 and var at ? path[at..]
        : "/";

    private static string ServiceOf(Api api) => api.Name == "volume" ? "volumev3" : api.Name;
}
