namespace Pipeline.Runtime.Http;

/// <summary>What a route's text may be: literals, `{name}` filling a whole segment, `{**rest}` as the last one.</summary>
internal static class RouteTemplate
{
    /// <exception cref="InvalidOperationException">The template is malformed; the message names the function.</exception>
    public static IReadOnlyList<string> Parameters(string function, string template)
    {
        var segments = template.Trim('/') is { Length: > 0 } path ? path.Split('/') : [];
        var names = new List<string>();
        for (var i = 0; i < segments.Length; i++)
            if (NameOf(function, segments[i], last: i == segments.Length - 1) is { } name)
                names.Add(name);
        if (names.Count > Captures.Most)
            throw Refused(function, template, $"has more than {Captures.Most} parameters");
        return names;
    }

    private static string? NameOf(string function, string segment, bool last)
    {
        if (segment.AsSpan().IndexOfAny('{', '}') < 0)
            return segment.Length > 0 ? null : throw Refused(function, segment, "has an empty segment");
        if (segment is not ['{', .. var inner, '}'])
            throw Refused(function, segment, "mixes text and a parameter");
        var rest = inner.StartsWith("**");
        if (rest && !last)
            throw Refused(function, segment, "must be the last segment");
        var name = rest ? inner[2..] : inner;
        return name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? name
            : throw Refused(function, segment, "is not a parameter's name");
    }

    private static InvalidOperationException Refused(string function, string text, string why) =>
        new($"Function {function}: the route's \"{text}\" {why}.");
}
