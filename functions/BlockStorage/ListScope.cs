namespace Pipeline.BlockStorage;

/// <summary>Whose things a list shows.</summary>
internal static class ListScope
{
    /// <summary>
    /// Null for all projects', which only an operator may ask for, and of them for one project's. Clients of tenants send `all_tenants` too,
    /// and mean nothing by it.
    /// </summary>
    public static ProjectId? ProjectOf(HttpRequest request, Caller caller)
    {
        var query = Query.Of(request);
        if (!caller.IsAdmin || query.Bool("all_tenants") != true)
            return caller.Project;
        return (query["project_id"] ?? query["tenant_id"]) is { Length: > 0 } named ? new ProjectId(named) : null;
    }
}
