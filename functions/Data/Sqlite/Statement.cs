using System.Data.Common;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Pipeline.Data.Sqlite;

/// <summary>One prepared statement of one connection: bound, run to its end and reset by each use.</summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 database;
    private readonly sqlite3_stmt prepared;
    private readonly nint handle;
    private readonly StatementRow row;
    private readonly string[] parameters;
    private readonly bool changes;
    private Binder? binder;
    private (int Shape, Type Type, Func<DbDataReader, object> Parse)? parser;
    private bool running;

    public Statement(SqliteConnection connection, string sql)
    {
        database = connection.Handle!;
        var code = raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out prepared, out var rest);
        SqliteException.ThrowExceptionForRC(code, database);
        if (!string.IsNullOrWhiteSpace(rest))
            throw new ArgumentException("one statement at a time", nameof(sql));
        handle = prepared.DangerousGetHandle();
        row = new(prepared, handle);
        changes = raw.sqlite3_stmt_readonly(prepared) == 0;
        parameters = new string[raw.sqlite3_bind_parameter_count(prepared)];
        for (var i = 0; i < parameters.Length; i++)
            parameters[i] = raw.sqlite3_bind_parameter_name(prepared, i + 1).utf8_to_string()[1..];
    }

    public List<T> List<T>(object? args, DateTimeOffset now, int most = int.MaxValue)
    {
        var rows = new List<T>();
        Begin(args, now);
        try
        {
            Func<DbDataReader, object>? parse = null;
            while (rows.Count < most && Step())
                rows.Add(As<T>((parse ??= Parser(typeof(T)))(row))!);
        }
        finally
        {
            End();
        }
        return rows;
    }

    /// <summary>The first column of the first row; default where there is none.</summary>
    public T? Scalar<T>(object? args, DateTimeOffset now)
    {
        Begin(args, now);
        try
        {
            return Step() ? As<T>(row.GetValue(0)) : default;
        }
        finally
        {
            End();
        }
    }

    /// <summary>How many rows it changed.</summary>
    public int Execute(object? args = null, DateTimeOffset now = default)
    {
        Begin(args, now);
        try
        {
            while (Step()) { }
            return changes ? raw.sqlite3_changes(database) : -1;
        }
        finally
        {
            End();
        }
    }

    public void Bind(int parameter, long value) => Check(NativeSqlite.BindInteger(handle, parameter + 1, value));

    public void Bind(int parameter, double value) => Check(NativeSqlite.BindDouble(handle, parameter + 1, value));

    public void BindNull(int parameter) => Check(NativeSqlite.BindNull(handle, parameter + 1));

    public unsafe void Bind(int parameter, string text)
    {
        const int Small = 512;
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var bytes = most <= Small ? stackalloc byte[Small] : new byte[most];
        var length = Encoding.UTF8.GetBytes(text, bytes);
        fixed (byte* first = bytes)
            Check(NativeSqlite.BindText(handle, parameter + 1, first, length, NativeSqlite.Transient));
    }

    public unsafe void Bind(int parameter, byte[] data)
    {
        // An empty array has no first byte, and no pointer is NULL to SQLite.
        fixed (byte* first = data.Length == 0 ? [0] : data)
            Check(NativeSqlite.BindBlob(handle, parameter + 1, first, data.Length, NativeSqlite.Transient));
    }

    public void Dispose() => prepared.Dispose();

    private void Begin(object? args, DateTimeOffset now)
    {
        if (running)
            throw new InvalidOperationException("a statement is run again while its rows are still read");
        if (parameters.Length > 0)
            (binder = Binder.For(args, parameters, binder)).Fill(this, args, now);
        running = true;
    }

    private Func<DbDataReader, object> Parser(Type type)
    {
        // What the mapper makes depends on what the columns hold, and an expression's column may hold something else next time.
        var shape = row.Shape;
        if (parser is { } known && known.Shape == shape && known.Type == type)
            return known.Parse;
        var parse = row.GetRowParser(type);
        parser = (shape, type, parse);
        return parse;
    }

    private static T? As<T>(object? value) =>
        value is T found ? found
        : value is null or DBNull ? default
        : (T)Convert.ChangeType(value, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T), null);

    private bool Step()
    {
        var code = NativeSqlite.Step(handle);
        if (code is not (NativeSqlite.Row or NativeSqlite.Done))
            SqliteException.ThrowExceptionForRC(code, database);
        return code == NativeSqlite.Row;
    }

    private void End()
    {
        running = false;
        _ = NativeSqlite.Reset(handle); // repeats the error of the last step, which was thrown
    }

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, database);
}
