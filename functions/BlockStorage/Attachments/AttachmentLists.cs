using Pipeline.Data;

namespace Pipeline.BlockStorage.Attachments;

/// <summary>The filters of a list of attachments. What is not known filters nothing, as Cinder does for tenants.</summary>
internal sealed record AttachmentFilter(string? Volume, string? Server, string? Status)
{
    public string Sql =>
        string.Concat(
            Volume is null ? "" : " AND volume_id = @Volume",
            Server is null ? "" : " AND server_id = @Server",
            Status is null ? "" : " AND status = @Status"
        );

    public static AttachmentFilter Of(HttpRequest request)
    {
        var query = Query.Of(request);
        return new(
            query["volume_id"],
            query["instance_id"] ?? query["instance_uuid"],
            (query["status"] ?? query["attach_status"])?.ToLowerInvariant()
        );
    }
}

/// <summary>The SQL of lists of attachments.</summary>
internal static class AttachmentLists
{
    /// <summary>What a list may be sorted by, in Cinder's words.</summary>
    public static readonly IReadOnlyDictionary<string, string> SortKeys = new Dictionary<string, string>
    {
        ["id"] = "id",
        ["volume_id"] = "volume_id",
        ["instance_id"] = "COALESCE(server_id, '')",
        ["status"] = "status",
        ["attach_status"] = "status",
        ["attach_mode"] = "attach_mode",
        ["created_at"] = "created_at",
        ["updated_at"] = "COALESCE(updated_at, 0)",
    };

    public static ValueTask<IReadOnlyList<Attachment>> ListAttachmentsAsync(
        this Tx tx,
        ProjectId? project,
        Page page,
        AttachmentFilter filter,
        AttachmentId? after,
        int skip,
        int limit
    )
    {
        var order = ListOrder.Of("volume_attachments", page.Sort, SortKeys, descending: true, "created_at", "id");
        return tx.ListAsync<Attachment>(
            $"""
            SELECT {AttachmentStore.Columns} FROM volume_attachments
            WHERE {(project is null ? "1 = 1" : "project_id = @project")} {filter.Sql}
                {(after is null ? "" : $"AND ({order.After})")}
            ORDER BY {order.By} LIMIT @limit OFFSET @skip
            """,
            new
            {
                project = project ?? default,
                after = after ?? default,
                limit,
                skip,
                filter.Volume,
                filter.Server,
                filter.Status,
            }
        );
    }
}
