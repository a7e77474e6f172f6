using Microsoft.Data.Sqlite;

namespace Pipeline.Data.Sqlite;

/// <summary>A connection's statements, kept prepared: SQLite takes longer to parse most of ours than to run them.</summary>
internal sealed class Statements(SqliteConnection connection, int most = 400) : IDisposable
{
    private readonly Dictionary<string, Statement> prepared = [];

    public Statement this[string sql]
    {
        get
        {
            if (prepared.TryGetValue(sql, out var statement))
                return statement;
            if (prepared.Count >= most)
                Dispose();
            return prepared[sql] = new Statement(connection, SqliteDialect.Statement(sql));
        }
    }

    public void Dispose()
    {
        foreach (var statement in prepared.Values)
            statement.Dispose();
        prepared.Clear();
    }
}
