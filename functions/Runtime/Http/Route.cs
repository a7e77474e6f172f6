namespace Pipeline.Runtime.Http;

/// <summary>One method of one path, with everything a request needs worked out beforehand.</summary>
internal sealed record Route(
    string Method,
    string Template,
    string Function,
    string Rule,
    Require Require,
    Api Api,
    IReadOnlyList<string> Parameters,
    long BodyLimit,
    int? Success,
    bool LongLived,
    bool TakesCaller,
    bool TakesCancellation,
    Func<Invocation, ValueTask<IResult>> Run
)
{
    /// <summary>The span's name and metric label: low in cardinality.</summary>
    public string Path { get; } = "/" + Template.TrimEnd('/');

    public string SpanName { get; } = $"{Method} /{Template.TrimEnd('/')}";

    public bool ToleratesSlash { get; } = Api.ToleratesSlash || Template.EndsWith('/');

    /// <summary>True when the function asks its rule itself, with its target.</summary>
    public bool EnforcesItself { get; init; }

    public Microversions? Microversions { get; init; }

    /// <summary>The position of a `{host}` that must be the calling host; -1 for none.</summary>
    public int HostParameter { get; } =
        Require == Require.Host ? Parameters.ToList().FindIndex(name => Names.Same(name, "host")) : -1;
}

internal static class Names
{
    /// <summary>`server_id` in a route is `serverId` in code.</summary>
    public static bool Same(string route, string code) =>
        string.Equals(route.Replace("_", ""), code, StringComparison.OrdinalIgnoreCase);
}
