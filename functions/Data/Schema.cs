using System.Data.Common;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;

namespace Pipeline.Data;

/// <summary>
/// Numbered SQL files (infra/schema), one transaction each, applied in order at start. A file that was applied may not
/// change any more. Lines between `--@sqlite` or `--@pg` and `--@end` are for that store alone.
/// </summary>
internal static class Schema
{
    private static readonly Lazy<List<SchemaFile>> Files = new(ReadFiles);

    /// <param name="store">Whose lines are taken: `sqlite` or `pg`.</param>
    /// <param name="types">Puts the store's own types into a file's statements.</param>
    /// <exception cref="InvalidOperationException">A known file has changed since it was applied.</exception>
    public static void Apply(DbConnection connection, string store, Func<string, string> types, DateTimeOffset now)
    {
        connection.Execute(
            "CREATE TABLE IF NOT EXISTS schema_version (id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL)"
        );
        var known = connection.Query<Applied>("SELECT id, sha256 FROM schema_version").ToDictionary(a => a.Id);
        foreach (var file in Files.Value)
            if (!IsApplied(file, known.GetValueOrDefault(file.Id)?.Sha256))
                Apply(connection, file, types(For(store, file.Sql)), now);
    }

    /// <summary>Looks and applies in one transaction: two processes may start at once.</summary>
    private static void Apply(DbConnection connection, SchemaFile file, string statements, DateTimeOffset now)
    {
        using var transaction = connection.BeginTransaction();
        if (
            IsApplied(file, connection.ExecuteScalar<string?>("SELECT sha256 FROM schema_version WHERE id = @Id", file))
        )
            return;
        connection.Execute(statements);
        connection.Execute(
            "INSERT INTO schema_version VALUES (@Id, @Sha256, @now)",
            new
            {
                file.Id,
                file.Sha256,
                now,
            }
        );
        transaction.Commit();
    }

    private static bool IsApplied(SchemaFile file, string? hash) =>
        hash is null || hash == file.Sha256
            ? hash is not null
            : throw new InvalidOperationException(
                $"schema file {file.Id} was changed after it had been applied; add a new file instead"
            );

    /// <summary>The file's statements for one store.</summary>
    internal static string For(string store, string sql)
    {
        var lines = new StringBuilder();
        string? only = null;
        foreach (var line in sql.Split('\n'))
        {
            if (line.StartsWith("--@end", StringComparison.Ordinal))
                only = null;
            else if (line.StartsWith("--@", StringComparison.Ordinal))
                only = line[3..].Trim();
            else if (only is null || only == store)
                lines.Append(line).Append('\n');
        }
        return lines.ToString();
    }

    private static List<SchemaFile> ReadFiles()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = new List<SchemaFile>();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".sql")).Order())
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var sql = reader.ReadToEnd();
            files.Add(new(name, sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)))));
        }
        return files;
    }

    private sealed record SchemaFile(string Id, string Sql, string Sha256);

    private sealed record Applied(string Id, string Sha256);
}
