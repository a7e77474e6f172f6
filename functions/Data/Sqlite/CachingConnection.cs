using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Pipeline.Data.Sqlite;

/// <summary>Keeps its statements prepared: SQLite takes longer to parse most of ours than to run them.</summary>
internal sealed class CachingConnection(string text) : SqliteConnection(text)
{
    private const int Most = 200;
    private static readonly ConcurrentDictionary<string, string> Names = new();
    private readonly Dictionary<string, SqliteCommand> prepared = [];

    protected override DbCommand CreateDbCommand() => new CachedCommand(this);

    private SqliteCommand Prepared(string sql)
    {
        if (prepared.TryGetValue(sql, out var command))
            return command;
        if (prepared.Count >= Most)
            Forget();
        return prepared[sql] = new SqliteCommand(SqliteDialect.Statement(sql), this);
    }

    private void Forget()
    {
        foreach (var command in prepared.Values)
            command.Dispose();
        prepared.Clear();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Forget();
        base.Dispose(disposing);
    }

    /// <summary>What Dapper fills in; run by the prepared command of the same text.</summary>
    private sealed class CachedCommand(CachingConnection owner) : DbCommand
    {
        private readonly Arguments arguments = new();

        [AllowNull]
        public override string CommandText { get; set; } = "";
        public override int CommandTimeout { get; set; } = owner.DefaultTimeout;
        public override CommandType CommandType { get; set; } = CommandType.Text;
        public override bool DesignTimeVisible { get; set; }
        public override UpdateRowSource UpdatedRowSource { get; set; }
        protected override DbConnection? DbConnection { get; set; } = owner;
        protected override DbParameterCollection DbParameterCollection => arguments;
        protected override DbTransaction? DbTransaction { get; set; }

        public override void Cancel() { }

        public override void Prepare() { }

        public override int ExecuteNonQuery() => Ready().ExecuteNonQuery();

        public override object? ExecuteScalar() => Ready().ExecuteScalar();

        protected override DbParameter CreateDbParameter() => new SqliteParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) =>
            Ready().ExecuteReader(behavior);

        private SqliteCommand Ready()
        {
            var command = owner.Prepared(CommandText);
            command.Transaction = owner.Transaction;
            command.CommandTimeout = CommandTimeout;
            command.Parameters.Clear();
            foreach (SqliteParameter argument in arguments)
            {
                // As the statement has it: the provider guesses a missing prefix by trying them all.
                argument.ParameterName = Names.GetOrAdd(
                    argument.ParameterName,
                    static name => $"@{name.TrimStart('@')}"
                );
                command.Parameters.Add(argument);
            }
            return command;
        }

        private sealed class Arguments : SqliteParameterCollection;
    }
}
