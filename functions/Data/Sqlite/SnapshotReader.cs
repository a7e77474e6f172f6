using Microsoft.Data.Sqlite;

namespace Pipeline.Data.Sqlite;

/// <summary>A reading connection; what is asked of it between begin and end sees one snapshot.</summary>
internal sealed class SnapshotReader(SqliteConnection connection) : IDisposable
{
    private readonly Statement begin = new(connection, "BEGIN");
    private readonly Statement end = new(connection, "COMMIT");

    public Statements Statements { get; } = new(connection);

    public void Begin() => begin.Execute();

    public void End() => end.Execute();

    public void Dispose()
    {
        begin.Dispose();
        end.Dispose();
        Statements.Dispose();
        connection.Dispose();
    }
}
