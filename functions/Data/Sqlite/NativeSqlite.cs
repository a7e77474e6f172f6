using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Pipeline.Data.Sqlite;

/// <summary>
/// What a row costs is the crossing into SQLite, once or twice for each column: these go without a handle to count and
/// without a word to the garbage collector. All else goes through the provider.
/// </summary>
internal static partial class NativeSqlite
{
    public const int Row = 100;
    public const int Done = 101;
    public const int Integer = 1;
    public const int Float = 2;
    public const int Text = 3;
    public const int Blob = 4;
    public const int Null = 5;

    /// <summary>SQLite makes a copy of what is bound.</summary>
    public const nint Transient = -1;

    private const string Library = "e_sqlite3";

    private static readonly Lazy<bool> Configured = new(() =>
    {
        Batteries_V2.Init();
        // Each connection has one user at a time, so none needs a lock; nor does anybody read SQLite's memory statistics,
        // which would be one lock for all connections. Where SQLite runs already it stays as it is, which is right too.
        return raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD) + raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0)
            == 0;
    });

    /// <summary>Must come before the process's first connection to have an effect.</summary>
    public static void Configure() => _ = Configured.Value;

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    public static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    public static partial int Reset(nint statement);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_column_type")]
    public static partial int ColumnType(nint statement, int column);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    public static partial long ColumnInteger(nint statement, int column);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_column_double")]
    public static partial double ColumnDouble(nint statement, int column);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_column_text")]
    public static partial nint ColumnText(nint statement, int column);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob")]
    public static partial nint ColumnBlob(nint statement, int column);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    public static partial int ColumnBytes(nint statement, int column);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null")]
    public static partial int BindNull(nint statement, int parameter);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64")]
    public static partial int BindInteger(nint statement, int parameter, long value);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_double")]
    public static partial int BindDouble(nint statement, int parameter, double value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    public static unsafe partial int BindText(nint statement, int parameter, byte* text, int bytes, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    public static unsafe partial int BindBlob(nint statement, int parameter, byte* data, int bytes, nint destructor);
}
