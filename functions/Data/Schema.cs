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
    /// <param name="store">Whose lines are taken: `sqlite` or `pg`.</param>
    /// <param name="types">Puts the store's own types into a file's statements.</param>
    /// <exception cref="InvalidOperationException">A known file has changed since it was applied.</exception>
    public static void Apply(DbConnection connection, string store, Func<string, string> types, DateTimeOffset now)
    {
        connection.Execute(
            "CREATE TABLE IF NOT EXISTS schema_version (id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL)"
        );
        foreach (var (id, sql) in Files())
            Apply(connection, id, sql, types(For(store, sql)), now);
    }

    /// <summary>Looks and applies in one transaction: two processes may start at once.</summary>
    private static void Apply(DbConnection connection, string id, string sql, string statements, DateTimeOffset now)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
        using var transaction = connection.BeginTransaction();
        var known = connection.ExecuteScalar<string?>("SELECT sha256 FROM schema_version WHERE id = @id", new { id });
        if (known == hash)
            return;
        if (known is not null)
            throw new InvalidOperationException(
                $"schema file {id} was changed after it had been applied; add a new file instead"
            );
        connection.Execute(statements);
        connection.Execute(
            "INSERT INTO schema_version VALUES (@id, @hash, @now)",
            new
            {
                id,
                hash,
                now,
            }
        );
        transaction.Commit();
    }

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

    private static IEnumerable<(string Id, string Sql)> Files()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".sql")).Order())
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (name, reader.ReadToEnd());
        }
    }
}
