using Microsoft.AspNetCore.Http.Features;

namespace Pipeline.Runtime.Http;

/// <summary>
/// Finds a request's route on its raw target: case-sensitive, no dot-segment is removed, each segment is decoded by itself,
/// so an object's name may hold `%2F` or `..`.
/// </summary>
internal sealed class Router
{
    private readonly RouteNode root = new();

    public Router(IEnumerable<Route> routes, IEnumerable<RouteAlias> aliases, string prefix)
    {
        foreach (var route in routes)
            Add(route, prefix.Length == 0 ? route.Template : $"{prefix}/{route.Template}");
        var top = NodeOf(root, prefix);
        foreach (var alias in aliases)
            top.Alias(alias.Segment, NodeOf(top, alias.Path));
    }

    /// <summary>The request's path without its leading slash, as it came over the wire.</summary>
    public static string RawPath(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(target)) // a context made by hand, in process
            target = context.Request.Path.ToUriComponent();
        var start = target.StartsWith('/') ? 1 : PathOfAbsolute(target);
        var end = target.AsSpan(start).IndexOfAny('?', '#');
        return end < 0 ? target[start..] : target.Substring(start, end);
    }

    public Route? Find(string method, string path, ref Captures captures, out string? allowed)
    {
        var search = new RouteSearch(method, path);
        root.Match(ref search, 0);
        captures = search.Captures;
        allowed = search.Found is null && search.Allowed is { } methods ? string.Join(", ", methods) : null;
        return search.Found;
    }

    private static int PathOfAbsolute(string target)
    {
        var authority = target.IndexOf("://");
        var slash = authority < 0 ? -1 : target.IndexOf('/', authority + 3);
        return slash < 0 ? target.Length : slash + 1;
    }

    private static RouteNode NodeOf(RouteNode from, string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(from, (node, segment) => node.Literal(segment));

    private void Add(Route route, string template)
    {
        var node = root;
        var path = template.Trim('/');
        var walked = "";
        foreach (var segment in path.Length == 0 ? [] : path.Split('/'))
        {
            if (segment.StartsWith("{**"))
            {
                node.Add(route, toRest: true);
                return;
            }
            node = segment.StartsWith('{') ? node.Parameter() : node.Literal(segment);
            walked = walked.Length == 0 ? segment : $"{walked}/{segment}";
            node.SkipsProject |= walked == route.Api.ProjectAfter;
        }
        node.Add(route, toRest: false);
    }
}
