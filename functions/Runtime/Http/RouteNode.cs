using System.Buffers;

namespace Pipeline.Runtime.Http;

/// <summary>A node of the route trie: literal children first, then a parameter, then the rest of the path.</summary>
internal sealed class RouteNode
{
    private static readonly SearchValues<char> ProjectIdDigits = SearchValues.Create("0123456789abcdef-");
    private readonly Dictionary<string, RouteNode> literals = [];
    private readonly Dictionary<string, RouteNode>.AlternateLookup<ReadOnlySpan<char>> lookup;
    private readonly List<Route> here = [];
    private readonly List<Route> rest = [];
    private RouteNode? parameter;

    public RouteNode()
    {
        lookup = literals.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>True where clients may put their project's id before what follows.</summary>
    public bool SkipsProject { get; set; }

    public RouteNode Literal(string segment) =>
        literals.TryGetValue(segment, out var node) ? node : literals[segment] = new();

    /// <summary>Another segment that leads to a node of elsewhere.</summary>
    public void Alias(string segment, RouteNode node)
    {
        if (!literals.TryAdd(segment, node))
            throw new InvalidOperationException($"The alias /{segment} has routes of its own.");
    }

    public RouteNode Parameter() => parameter ??= new();

    public void Add(Route route, bool toRest)
    {
        var routes = toRest ? rest : here;
        if (routes.Find(other => other.Method == route.Method) is { } other)
            throw new InvalidOperationException(
                $"{route.SpanName} is answered by both {other.Function} and {route.Function}."
            );
        routes.Add(route);
    }

    /// <param name="at">Where the next segment starts; past the end when there is none.</param>
    public bool Match(ref RouteSearch search, int at)
    {
        if (at > search.Path.Length || search.Path.IsEmpty)
            return search.Accept(here, slash: false);
        if (at == search.Path.Length)
            return search.Accept(here, slash: true);
        var length = search.Path[at..].IndexOf('/');
        length = length < 0 ? search.Path.Length - at : length;
        return MatchSegment(ref search, at, length)
            || MatchRest(ref search, at)
            || MatchProject(ref search, at, length);
    }

    private bool MatchSegment(ref RouteSearch search, int at, int length)
    {
        var segment = search.Path.Slice(at, length);
        var literal = segment.Contains('%') ? SegmentText.Decode(segment) : segment;
        if (lookup.TryGetValue(literal, out var next) && next.Match(ref search, at + length + 1))
            return true;
        if (parameter is null || length == 0)
            return false;
        search.Captures.Push(at, length);
        if (parameter.Match(ref search, at + length + 1))
            return true;
        search.Captures.Pop();
        return false;
    }

    private bool MatchRest(ref RouteSearch search, int at)
    {
        if (rest.Count == 0)
            return false;
        search.Captures.Push(at, search.Path.Length - at);
        if (search.Accept(rest, slash: false))
            return true;
        search.Captures.Pop();
        return false;
    }

    private bool MatchProject(ref RouteSearch search, int at, int length)
    {
        if (!SkipsProject || length == 0 || search.Captures.Project.Length > 0 || at + length + 1 >= search.Path.Length)
            return false;
        if (search.Path.Slice(at, length).ContainsAnyExcept(ProjectIdDigits))
            return false;
        search.Captures.Project = (at, length);
        if (Match(ref search, at + length + 1))
            return true;
        search.Captures.Project = default;
        return false;
    }
}
