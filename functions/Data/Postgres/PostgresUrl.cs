using Npgsql;
using Pipeline.Contracts;

namespace Pipeline.Data.Postgres;

/// <summary>Where the database is, and how our sessions behave there.</summary>
internal static class PostgresUrl
{
    /// <summary>
    /// No statement waits for ever, and an answered request is on disk. A process that stands still in a transaction loses
    /// it, and its locks, about when it loses its lease.
    /// </summary>
    private const string Session =
        "-c lock_timeout=20s -c statement_timeout=60s -c idle_in_transaction_session_timeout=5s"
        + " -c synchronous_commit=on -c jit=off";

    /// <summary>Each functions host has this many sessions to write with, and as many to read with.</summary>
    private const string Pool = "Maximum Pool Size=24;";

    /// <param name="url">`postgres://user:password@host:port/database?key=value`, or Npgsql's `Key=Value;` form.</param>
    /// <exception cref="Fault">BadRequest; the message does not repeat the URL, which may hold a password.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string url)
    {
        try
        {
            // Of two values for one key the later holds.
            var settings = url.Contains("://")
                ? OfUrl(new Uri(url))
                : new NpgsqlConnectionStringBuilder($"{Pool}{url}");
            settings.ApplicationName ??= "pipeline";
            settings.MaxAutoPrepare = 400;
            settings.AutoPrepareMinUsages = 2;
            settings.NoResetOnClose = true; // our sessions hold nothing between transactions
            settings.Options = $"{Session} {settings.Options}".TrimEnd();
            return settings;
        }
        catch (Exception e) when (e is ArgumentException or UriFormatException or FormatException)
        {
            throw Fault.BadRequest(
                "The URL of the PostgreSQL database is malformed: postgres://user@host:port/database."
            );
        }
    }

    private static NpgsqlConnectionStringBuilder OfUrl(Uri url)
    {
        if (url.Scheme is not ("postgres" or "postgresql") || url.AbsolutePath.Length < 2)
            throw new UriFormatException();
        var account = url.UserInfo.Split(':', 2);
        var settings = new NpgsqlConnectionStringBuilder(Pool)
        {
            Host = url.Host,
            Port = url.Port < 0 ? 5432 : url.Port,
            Database = Uri.UnescapeDataString(url.AbsolutePath[1..]),
            Username = account[0].Length == 0 ? null : Uri.UnescapeDataString(account[0]),
            Password = account.Length == 1 ? null : Uri.UnescapeDataString(account[1]),
        };
        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = pair.Split('=', 2) is [var k, var v] ? (k, v) : throw new UriFormatException();
            // libpq's spelling; a folder as `host` names the server's Unix socket.
            settings[key == "sslmode" ? "SSL Mode" : key] = Uri.UnescapeDataString(value);
        }
        return settings;
    }
}
