using Pipeline.Data;

namespace Pipeline.Network.Wire;

internal static class Paging
{
    /// <summary>The rows of one page that the viewer may see, in the order in which they are shown.</summary>
    /// <param name="viewer">Null sees all.</param>
    /// <exception cref="Fault">NotFound for a marker that the viewer does not see.</exception>
    public static async ValueTask<IReadOnlyList<TRow>> PageAsync<TRow>(
        this Tx tx,
        ListSource source,
        ListQuery query,
        ProjectId? viewer
    )
    {
        var args = query.Args(viewer);
        if (query.Marker is { } marker)
        {
            var sql = $"SELECT id FROM {source.Table} x WHERE x.id = @marker AND {source.For(viewer)}";
            if (await tx.ScalarAsync<string?>(sql, args) is null)
                throw source.Missing(marker);
        }
        return query.Shown(await tx.ListAsync<TRow>(query.Statement(source, viewer), args));
    }

    /// <summary>Whose rows a caller sees: its project's and what others share; an admin sees all (null).</summary>
    public static ProjectId? Viewer(this Caller caller) => caller.IsAdmin ? null : caller.Project;
}
