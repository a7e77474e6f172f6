using Microsoft.Data.Sqlite;

namespace Pipeline.Data.Sqlite;

/// <summary>A reading connection; what is asked of it between begin and end sees one snapshot.</summary>
internal sealed class SnapshotReader : IDisposable
{
    private readonly SqliteCommand begin;
    private readonly SqliteCommand end;

    public SnapshotReader(SqliteConnection connection)
    {
        Connection = connection;
        begin = connection.CreateCommand();
        begin.CommandText = "BEGIN";
        begin.Prepare();
        end = connection.CreateCommand();
        end.CommandText = "COMMIT";
        end.Prepare();
    }

    public SqliteConnection Connection { get; }

    public void Begin() => begin.ExecuteNonQuery();

    public void End() => end.ExecuteNonQuery();

    public void Dispose()
    {
        begin.Dispose();
        end.Dispose();
        Connection.Dispose();
    }
}
