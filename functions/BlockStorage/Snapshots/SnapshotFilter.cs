using Pipeline.BlockStorage.Volumes;

namespace Pipeline.BlockStorage.Snapshots;

/// <summary>The filters of a snapshot list. What is not known filters nothing, as Cinder does for tenants.</summary>
internal sealed class SnapshotFilter
{
    private readonly Dictionary<string, string>? metadata;

    private SnapshotFilter(Query query, Microversion version)
    {
        Name = query["name"] ?? query["display_name"];
        Status = query["status"]?.ToLowerInvariant();
        Volume = query["volume_id"];
        if (version >= VolumeFilter.Alike && (query["name~"] ?? query["display_name~"]) is { } part)
            Like = Likeness.Of(part);
        metadata = query["metadata"] is { Length: > 0 } pairs
            ? VolumeFilter.PairsOf(pairs) ?? throw query.Wrong("metadata", "it is not a dictionary of strings")
            : null;
    }

    public string? Name { get; }
    public string? Like { get; }
    public string? Status { get; }
    public string? Volume { get; }

    /// <summary>True where the rows have to be looked at one by one.</summary>
    public bool Looks => metadata is not null;

    /// <summary>Conditions that begin with AND.</summary>
    public string Sql =>
        string.Concat(
            Name is null ? "" : " AND name = @Name",
            Like is null ? "" : $" AND LOWER(COALESCE(name, '')) LIKE LOWER(@Like) {Likeness.Escape}",
            Status is null ? "" : " AND status = @Status",
            Volume is null ? "" : " AND volume_id = @Volume"
        );

    public static SnapshotFilter Of(HttpRequest request, Microversion version) => new(Query.Of(request), version);

    public bool Passes(Dictionary<string, string> pairs) =>
        metadata is null || metadata.All(m => pairs.TryGetValue(m.Key, out var value) && value == m.Value);
}
