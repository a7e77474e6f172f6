namespace Pipeline.BlockStorage.Backups;

/// <summary>The filters of a backup list. What is not known filters nothing, as Cinder does for tenants.</summary>
internal sealed record BackupFilter(string? Name, string? Status, string? Volume)
{
    /// <summary>Conditions that begin with AND.</summary>
    public string Sql =>
        string.Concat(
            Name is null ? "" : " AND name = @Name",
            Status is null ? "" : " AND status = @Status",
            Volume is null ? "" : " AND volume_id = @Volume"
        );

    public static BackupFilter Of(HttpRequest request)
    {
        var query = Query.Of(request);
        return new(query["name"], query["status"]?.ToLowerInvariant(), query["volume_id"]);
    }
}
