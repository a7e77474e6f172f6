using Pipeline.Contracts;

namespace Pipeline.Data;

/// <summary>
/// What was removed from the cloud and from every host, recorded by the transaction that takes its row away. Where a host
/// has it all the same, the sweep may reclaim it on the strength of this record alone.
/// </summary>
public static class Removals
{
    public const string Server = "server";
    public const string Router = "router";
    public const string Port = "port";
    public const string Network = "network";
    public const string Volume = "volume";
    public const string Snapshot = "snapshot";
    public const string Attachment = "attachment";

    /// <summary>Later than any host comes back with what it held; after it a thing is quarantined instead.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);
    private const int Chunk = 500;

    /// <param name="parent">A port's network, a snapshot's or an attachment's volume.</param>
    public static async ValueTask RecordRemovalAsync(this Tx tx, string kind, string id, string? parent = null) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO removals (kind, id, parent, removed_at) VALUES (@kind, @id, @parent, @now)
            ON CONFLICT (kind, id) DO NOTHING
            """,
            new
            {
                kind,
                id,
                parent,
            }
        );

    public static async ValueTask<IReadOnlyList<Removal>> ListRemovalsAsync(
        this Tx tx,
        string kind,
        IEnumerable<string> ids
    )
    {
        var found = new List<Removal>();
        foreach (var chunk in ids.Chunk(Chunk))
            found.AddRange(
                await tx.ListAsync<Removal>(
                    "SELECT id, removed_at FROM removals WHERE kind = @kind AND id IN @chunk",
                    new { kind, chunk }
                )
            );
        return found;
    }

    public static async ValueTask<bool> HasForgettableAsync(this Tx tx) =>
        await tx.ScalarAsync<long>(
            "SELECT COUNT(*) FROM (SELECT 1 FROM removals WHERE removed_at < @before LIMIT 1) old",
            new { before = tx.Now - Kept }
        ) > 0;

    public static async ValueTask ForgetRemovalsAsync(this Tx tx) =>
        await tx.ExecuteAsync("DELETE FROM removals WHERE removed_at < @before", new { before = tx.Now - Kept });
}

public sealed record Removal
{
    public string Id { get; init; } = "";
    public DateTimeOffset RemovedAt { get; init; }
}
