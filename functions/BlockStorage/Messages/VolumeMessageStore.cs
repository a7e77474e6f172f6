using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Messages;

/// <summary>The SQL of messages.</summary>
internal static class VolumeMessageStore
{
    private const string Columns = """
        id, project_id, event_id, user_message, message_level, resource_type, resource_id, request_id, created_at, expires_at
        """;

    /// <summary>What a list may be sorted by, in Cinder's words.</summary>
    public static readonly IReadOnlyDictionary<string, string> SortKeys = new Dictionary<string, string>
    {
        ["id"] = "id",
        ["event_id"] = "event_id",
        ["resource_type"] = "resource_type",
        ["resource_uuid"] = "resource_id",
        ["request_id"] = "request_id",
        ["message_level"] = "message_level",
        ["created_at"] = "created_at",
        ["guaranteed_until"] = "expires_at",
    };

    /// <summary>
    /// Tells the owner what failed, once for each request and deed however often the step runs. Whoever fails holds the resource, by
    /// whose operation the request is known. What was cancelled was not a failure.
    /// </summary>
    /// <param name="held">The name of the lock.</param>
    public static async ValueTask TellAsync(
        this Tx tx,
        MessageEvent what,
        (ProjectId Project, string Id) of,
        string held,
        FaultDetails fault
    )
    {
        if (fault.Code is FaultCode.Cancelled or FaultCode.Superseded)
            return;
        var request = RequestOf((await tx.FindHeldAsync(held))?.Operation);
        var id = Guid.ParseExact(CatalogEntry.IdOf($"message/{request}/{what.Id}/{of.Id}"), "N");
        await tx.ExecuteAsync(
            $"""
            INSERT INTO volume_messages ({Columns}) VALUES (@Id, @ProjectId, @EventId, @UserMessage, @MessageLevel,
                @ResourceType, @ResourceId, @RequestId, @now, @ExpiresAt) ON CONFLICT DO NOTHING
            """,
            new VolumeMessage
            {
                Id = new(id),
                ProjectId = of.Project,
                EventId = what.Id,
                UserMessage = $"{what.Words}: {fault.Message}",
                ResourceType = what.ResourceType,
                ResourceId = of.Id,
                RequestId = request,
                ExpiresAt = tx.Now + VolumeMessage.Life,
            }
        );
    }

    /// <summary>The same of a volume that is held.</summary>
    public static ValueTask TellAsync(this Tx tx, MessageEvent what, Volume volume, FaultDetails fault) =>
        tx.TellAsync(what, (volume.ProjectId, $"{volume.Id}"), Volume.ResourceOf(volume.Id), fault);

    public static ValueTask<IReadOnlyList<VolumeMessage>> ListVolumeMessagesAsync(
        this Tx tx,
        ProjectId project,
        Page page,
        MessageFilter filter,
        VolumeMessageId? after,
        int skip,
        int limit
    )
    {
        var order = ListOrder.Of("volume_messages", page.Sort, SortKeys, descending: true, "created_at", "id");
        return tx.ListAsync<VolumeMessage>(
            $"""
            SELECT {Columns} FROM volume_messages WHERE project_id = @project AND expires_at > @now {filter.Sql}
                {(after is null ? "" : $"AND ({order.After})")}
            ORDER BY {order.By} LIMIT @limit OFFSET @skip
            """,
            new
            {
                project,
                after = after ?? default,
                limit,
                skip,
                filter.EventId,
                filter.Level,
                filter.ResourceType,
                filter.ResourceId,
                filter.RequestId,
            }
        );
    }

    public static ValueTask<VolumeMessage?> FindVolumeMessageAsync(this Tx tx, VolumeMessageId id) =>
        tx.FindAsync<VolumeMessage>(
            $"SELECT {Columns} FROM volume_messages WHERE id = @id AND expires_at > @now",
            new { id }
        );

    public static async ValueTask DeleteVolumeMessageAsync(this Tx tx, VolumeMessageId id) =>
        await tx.ExecuteAsync("DELETE FROM volume_messages WHERE id = @id", new { id });

    /// <returns>How many went.</returns>
    public static async ValueTask<int> ForgetVolumeMessagesAsync(this Tx tx, int most) =>
        await tx.ExecuteAsync(
            """
            DELETE FROM volume_messages WHERE id IN
                (SELECT id FROM volume_messages WHERE expires_at <= @now ORDER BY expires_at LIMIT @most)
            """,
            new { most }
        );

    /// <summary>An operation's id ends in that of the request that has asked for it.</summary>
    private static string RequestOf(string? operation) =>
        operation?.LastIndexOf("-req-", StringComparison.Ordinal) is { } at and >= 0 ? operation[(at + 1)..] : "";
}
