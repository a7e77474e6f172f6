namespace Pipeline.BlockStorage;

/// <summary>Takes a page out of a list, some of whose filters only the row itself can answer.</summary>
internal static class Listing
{
    private const int Batch = 200;

    /// <param name="skip">How many that pass are left out first.</param>
    /// <param name="passes">Null where the rows that are read are those that are asked for.</param>
    /// <param name="read">Reads so many rows behind one, but for the first so many.</param>
    public static async ValueTask<(List<T> Items, bool More)> TakeAsync<T, TId>(
        Page page,
        int skip,
        TId? after,
        Func<T, bool>? passes,
        Func<T, TId> idOf,
        Func<TId?, int, int, ValueTask<IReadOnlyList<T>>> read
    )
        where TId : struct
    {
        var found = new List<T>();
        var left = passes is null ? 0 : skip;
        while (true)
        {
            var take = passes is null ? page.Limit + 1 : Batch;
            var rows = await read(after, passes is null ? skip : 0, take);
            foreach (var row in passes is null ? rows : rows.Where(passes))
            {
                if (left-- > 0)
                    continue;
                if (found.Count == page.Limit)
                    return (found, true);
                found.Add(row);
            }
            if (rows.Count < take)
                return (found, false);
            after = idOf(rows[^1]);
        }
    }
}
