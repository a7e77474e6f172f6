using System.Globalization;
using Pipeline.Data;

namespace Pipeline.Testing.Clouds;

/// <summary>
/// A transaction of one functions host, whose clock may be apart from the store's (`@now` is its own, `@clock` the store's).
/// It knows which tables were written.
/// </summary>
internal sealed class WatchedTx(Tx tx, TimeSpan skew, StatementFacts facts) : Tx
{
    /// <summary>It has done a statement that writes, whether that met a row or not.</summary>
    public bool HasWritten { get; private set; }

    /// <summary>The tables of statements that wrote rows.</summary>
    public HashSet<string> Written { get; } = [];

    public override DateTimeOffset Now => tx.Now + skew;

    public override ValueTask<T?> FindAsync<T>(string sql, object? args = null)
        where T : class => tx.FindAsync<T>(See(sql), args);

    public override ValueTask<IReadOnlyList<T>> ListAsync<T>(string sql, object? args = null) =>
        tx.ListAsync<T>(See(sql), args);

    public override ValueTask<T?> ScalarAsync<T>(string sql, object? args = null)
        where T : default => tx.ScalarAsync<T>(See(sql), args);

    public override async ValueTask<int> ExecuteAsync(string sql, object? args = null)
    {
        var (text, writes) = facts.Of(sql, skew);
        var rows = await tx.ExecuteAsync(text, args);
        if (writes is null)
            return rows;
        HasWritten = true;
        if (rows != 0)
            Written.Add(writes);
        return rows;
    }

    public override void Send(string sql, object? args = null) => tx.Send(See(sql), args);

    public override void SendRows(string sql, IReadOnlyList<object> rows) => tx.SendRows(See(sql), rows);

    public override Asked<T> Ask<T>(string sql, object? args = null) => tx.Ask<T>(See(sql), args);

    public override ValueTask LockAsync(string name) => tx.LockAsync(name);

    public override void OnCommitted(Action then) => tx.OnCommitted(then);

    private string See(string sql)
    {
        var (text, writes) = facts.Of(sql, skew);
        if (writes is null)
            return text;
        HasWritten = true;
        Written.Add(writes);
        return text;
    }
}

/// <summary>What a statement writes, and its text for a clock that is apart; found once for each.</summary>
internal sealed class StatementFacts
{
    private static readonly string[] Verbs = ["INSERT INTO ", "UPDATE ", "DELETE FROM "];
    private readonly Dictionary<(string Sql, TimeSpan Skew), (string Text, string? Writes)> known = [];

    public (string Text, string? Writes) Of(string sql, TimeSpan skew)
    {
        if (!known.TryGetValue((sql, skew), out var facts))
            known[(sql, skew)] = facts = (Skewed(sql, skew), Written(sql));
        return facts;
    }

    private static string Skewed(string sql, TimeSpan skew)
    {
        var apart = skew.Ticks / TimeSpan.TicksPerMicrosecond;
        return apart == 0
            ? sql
            : sql.Replace("@now", string.Create(CultureInfo.InvariantCulture, $"(@now + ({apart}))"));
    }

    private static string? Written(string sql)
    {
        foreach (var verb in Verbs)
            if (sql.IndexOf(verb, StringComparison.Ordinal) is >= 0 and var at)
            {
                var name = sql.AsSpan(at + verb.Length);
                var end = name.IndexOfAny(" \n(");
                var table = end < 0 ? name : name[..end];
                if (table is not "SET") // of ON CONFLICT DO UPDATE SET: the INSERT before it was found
                    return table.ToString();
            }
        return null;
    }
}
