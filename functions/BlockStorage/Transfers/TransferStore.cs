using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Transfers;

/// <summary>The SQL of transfers. Who writes one holds its volume.</summary>
internal static class TransferStore
{
    private const string Columns = "id, volume_id, project_id, name, no_snapshots, salt, key_hash, created_at";

    /// <summary>What a list may be sorted by, in Cinder's words.</summary>
    public static readonly IReadOnlyDictionary<string, string> SortKeys = new Dictionary<string, string>
    {
        ["id"] = "id",
        ["name"] = "COALESCE(name, '')",
        ["volume_id"] = "volume_id",
        ["created_at"] = "created_at",
    };

    public static ValueTask<IReadOnlyList<Transfer>> ListTransfersAsync(
        this Tx tx,
        ProjectId? project,
        Page page,
        TransferId? after,
        int skip,
        int limit
    )
    {
        var order = ListOrder.Of("volume_transfers", page.Sort, SortKeys, descending: true, "created_at", "id");
        return tx.ListAsync<Transfer>(
            $"""
            SELECT {Columns} FROM volume_transfers
            WHERE {(project is null ? "1 = 1" : "project_id = @project")} {(
                after is null ? "" : $"AND ({order.After})"
            )}
            ORDER BY {order.By} LIMIT @limit OFFSET @skip
            """,
            new
            {
                project = project ?? default,
                after = after ?? default,
                limit,
                skip,
            }
        );
    }

    public static ValueTask<Transfer?> FindTransferAsync(this Tx tx, TransferId id) =>
        tx.FindAsync<Transfer>($"SELECT {Columns} FROM volume_transfers WHERE id = @id", new { id });

    public static async ValueTask AddTransferAsync(this Tx tx, Transfer transfer) =>
        await tx.ExecuteAsync(
            $"INSERT INTO volume_transfers ({Columns}) VALUES (@Id, @VolumeId, @ProjectId, @Name, @NoSnapshots, @Salt, @KeyHash, @now)",
            transfer
        );

    /// <summary>Takes back what a volume is offered by; none is success.</summary>
    public static async ValueTask DeleteTransferOfAsync(this Tx tx, VolumeId volume) =>
        await tx.ExecuteAsync("DELETE FROM volume_transfers WHERE volume_id = @volume", new { volume });

    /// <summary>Volume and snapshots are another's from now on. What they count for is the caller's to move.</summary>
    public static async ValueTask HandOverAsync(this Tx tx, Volume volume, ProjectId project, UserId user)
    {
        var args = new
        {
            volume.Id,
            project,
            user,
            available = VolumeStatus.Available,
        };
        await tx.ExecuteAsync(
            """
            UPDATE volumes SET project_id = @project, user_id = @user, status = @available, previous_status = NULL,
                updated_at = @now, version = version + 1 WHERE id = @Id
            """,
            args
        );
        await tx.ExecuteAsync(
            """
            UPDATE volume_snapshots SET project_id = @project, user_id = @user, updated_at = @now, version = version + 1
            WHERE volume_id = @Id
            """,
            args
        );
    }
}
