using Pipeline.Data;

namespace Pipeline.Network.Wire;

internal static class Chunks
{
    /// <summary>Stores bound the parameters of one statement; a long list is read in pieces.</summary>
    private const int Size = 500;

    /// <param name="sql">Uses `@ids`.</param>
    public static async ValueTask<IReadOnlyList<T>> InChunksAsync<T>(this Tx tx, string sql, IEnumerable<string> ids)
    {
        var rows = new List<T>();
        foreach (var chunk in ids.Chunk(Size))
            rows.AddRange(await tx.ListAsync<T>(sql, new { ids = chunk }));
        return rows;
    }
}
