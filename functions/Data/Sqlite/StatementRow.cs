using System.Collections;
using System.Data.Common;
using System.Text;
using SQLitePCL;

namespace Pipeline.Data.Sqlite;

/// <summary>The row at which a statement stands, as the mapper reads it. Its columns' names are asked for once.</summary>
internal sealed class StatementRow : DbDataReader
{
    private readonly nint handle;
    private readonly string[] names;

    /// <summary>What a column is declared to hold; null for an expression, which may hold anything.</summary>
    private readonly Type?[] declared;

    public StatementRow(sqlite3_stmt prepared, nint handle)
    {
        this.handle = handle;
        var count = raw.sqlite3_column_count(prepared);
        names = new string[count];
        declared = new Type?[count];
        for (var i = 0; i < count; i++)
        {
            names[i] = raw.sqlite3_column_name(prepared, i).utf8_to_string();
            declared[i] = Declared(raw.sqlite3_column_decltype(prepared, i).utf8_to_string());
        }
    }

    /// <summary>Differs between rows whose columns hold different types.</summary>
    public int Shape
    {
        get
        {
            var shape = 17;
            for (var i = 0; i < declared.Length; i++)
                if (declared[i] is null)
                    shape = (shape * 31) + NativeSqlite.ColumnType(handle, i);
            return shape;
        }
    }

    public override int FieldCount => names.Length;
    public override bool HasRows => true;
    public override bool IsClosed => false;
    public override int Depth => 0;
    public override int RecordsAffected => -1;

    public override object this[int ordinal] => GetValue(ordinal);
    public override object this[string name] => GetValue(GetOrdinal(name));

    public override string GetName(int ordinal) => names[ordinal];

    public override int GetOrdinal(string name) =>
        Array.IndexOf(names, name) is >= 0 and var at ? at : throw new ArgumentOutOfRangeException(nameof(name), name);

    public override Type GetFieldType(int ordinal) =>
        declared[ordinal]
        ?? NativeSqlite.ColumnType(handle, ordinal) switch
        {
            NativeSqlite.Integer => typeof(long),
            NativeSqlite.Float => typeof(double),
            NativeSqlite.Text => typeof(string),
            _ => typeof(byte[]),
        };

    public override object GetValue(int ordinal) =>
        NativeSqlite.ColumnType(handle, ordinal) switch
        {
            NativeSqlite.Integer => NativeSqlite.ColumnInteger(handle, ordinal),
            NativeSqlite.Float => NativeSqlite.ColumnDouble(handle, ordinal),
            NativeSqlite.Text => GetString(ordinal),
            NativeSqlite.Blob => Data(ordinal),
            _ => DBNull.Value,
        };

    public override unsafe string GetString(int ordinal)
    {
        var text = NativeSqlite.ColumnText(handle, ordinal);
        return Encoding.UTF8.GetString(new ReadOnlySpan<byte>((void*)text, NativeSqlite.ColumnBytes(handle, ordinal)));
    }

    public override bool IsDBNull(int ordinal) => NativeSqlite.ColumnType(handle, ordinal) == NativeSqlite.Null;

    public override bool GetBoolean(int ordinal) => GetInt64(ordinal) != 0;

    public override byte GetByte(int ordinal) => checked((byte)GetInt64(ordinal));

    public override short GetInt16(int ordinal) => checked((short)GetInt64(ordinal));

    public override int GetInt32(int ordinal) => checked((int)GetInt64(ordinal));

    public override long GetInt64(int ordinal) => NativeSqlite.ColumnInteger(handle, ordinal);

    public override float GetFloat(int ordinal) => (float)GetDouble(ordinal);

    public override double GetDouble(int ordinal) => NativeSqlite.ColumnDouble(handle, ordinal);

    public override decimal GetDecimal(int ordinal) => throw NoSuchColumn();

    public override char GetChar(int ordinal) => throw NoSuchColumn();

    public override DateTime GetDateTime(int ordinal) => throw NoSuchColumn();

    public override Guid GetGuid(int ordinal) => throw NoSuchColumn();

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) =>
        throw NoSuchColumn();

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) =>
        throw NoSuchColumn();

    public override string GetDataTypeName(int ordinal) => GetFieldType(ordinal).Name;

    public override int GetValues(object[] values)
    {
        var count = Math.Min(values.Length, names.Length);
        for (var i = 0; i < count; i++)
            values[i] = GetValue(i);
        return count;
    }

    public override IEnumerator GetEnumerator() => throw new NotSupportedException();

    /// <summary>The statement goes from row to row, not its reader.</summary>
    public override bool Read() => throw new NotSupportedException();

    public override bool NextResult() => false;

    private static NotSupportedException NoSuchColumn() => new("no column holds this");

    private unsafe byte[] Data(int ordinal)
    {
        var data = NativeSqlite.ColumnBlob(handle, ordinal);
        return new ReadOnlySpan<byte>((void*)data, NativeSqlite.ColumnBytes(handle, ordinal)).ToArray();
    }

    /// <summary>SQLite's rules of affinity, for the types our schema has.</summary>
    private static Type? Declared(string? type) =>
        type switch
        {
            null => null,
            "TEXT" => typeof(string),
            "INTEGER" or "BIGINT" or "INT" => typeof(long),
            "REAL" => typeof(double),
            _ => null,
        };
}
