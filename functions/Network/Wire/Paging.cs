using Pipeline.Data;

namespace Pipeline.Network.Wire;

internal static class Paging
{
    /// <summary>The rows of one page that the caller may see, in the order in which they are shown.</summary>
    /// <param name="viewer">Null sees all; bound as `@viewer` in <paramref name="visible"/>.</param>
    /// <param name="missing">The fault for a marker that the caller does not see.</param>
    public static async ValueTask<IReadOnlyList<TRow>> PageAsync<TRow>(
        this Tx tx,
        ListQuery query,
        (string Columns, string Table, string Visible) source,
        ProjectId? viewer,
        Func<object, Fault> missing
    )
    {
        var args = query.Args(viewer);
        if (query.Marker is { } marker)
        {
            var sql = $"SELECT id FROM {source.Table} x WHERE x.id = @marker AND {source.Visible}";
            if (await tx.ScalarAsync<string?>(sql, args) is null)
                throw missing(marker);
        }
        return query.Shown(await tx.ListAsync<TRow>(query.Statement(source), args));
    }

    /// <summary>Whose rows a caller sees: its project's and what others share; an admin sees all (null).</summary>
    public static ProjectId? Viewer(this Caller caller) => caller.IsAdmin ? null : caller.Project;
}
