namespace Pipeline.BlockStorage.Messages;

/// <summary>The filters of a list of messages.</summary>
internal sealed record MessageFilter(
    string? EventId,
    string? Level,
    string? ResourceType,
    string? ResourceId,
    string? RequestId
)
{
    /// <summary>Conditions that begin with AND.</summary>
    public string Sql =>
        string.Concat(
            EventId is null ? "" : " AND event_id = @EventId",
            Level is null ? "" : " AND message_level = @Level",
            ResourceType is null ? "" : " AND resource_type = @ResourceType",
            ResourceId is null ? "" : " AND resource_id = @ResourceId",
            RequestId is null ? "" : " AND request_id = @RequestId"
        );

    public static MessageFilter Of(HttpRequest request)
    {
        var query = Query.Of(request);
        return new(
            query["event_id"],
            query["message_level"]?.ToUpperInvariant(),
            query["resource_type"]?.ToUpperInvariant(),
            query["resource_uuid"],
            query["request_id"]
        );
    }
}
