namespace Pipeline.Runtime.Http;

/// <summary>One walk through the trie: what it looks for, what it has captured, what it found.</summary>
internal ref struct RouteSearch(string method, ReadOnlySpan<char> path)
{
    private readonly string method = method;
    public Captures Captures;

    public ReadOnlySpan<char> Path { get; } = path;

    public Route? Found { get; private set; }

    /// <summary>Methods of the paths that matched but for the method; null when the path is unknown.</summary>
    public SortedSet<string>? Allowed { get; private set; }

    public bool Accept(List<Route> routes, bool slash)
    {
        Found = Pick(routes, method, slash);
        if (Found is null && HttpMethods.IsHead(method))
            Found = Pick(routes, HttpMethods.Get, slash);
        if (Found is not null)
            return true;
        // A path that ends in an empty id names nothing: it is unknown, not a path with other methods.
        if (!slash && routes.Count > 0)
            Allow(routes);
        return false;
    }

    private static Route? Pick(List<Route> routes, string method, bool slash)
    {
        foreach (var route in routes)
            if (route.Method == method && (!slash || route.ToleratesSlash))
                return route;
        return null;
    }

    private void Allow(List<Route> routes)
    {
        Allowed ??= new(StringComparer.Ordinal);
        foreach (var route in routes)
        {
            Allowed.Add(route.Method);
            if (route.Method == HttpMethods.Get)
                Allowed.Add(HttpMethods.Head);
        }
    }
}
