namespace Pipeline.Network.Segments;

/// <summary>A network's segment as operators see it. It stands in its network's row, and comes and goes with that.</summary>
internal sealed record SegmentRow
{
    public string Id { get; init; } = "";
    public NetworkId NetworkId { get; init; }
    public string? Name { get; init; }
    public string Description { get; init; } = "";
    public string NetworkType { get; init; } = "";
    public string? PhysicalNetwork { get; init; }
    public int? SegmentationId { get; init; }
    public long RevisionNumber { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The id of a new network's segment: the network's own, as a UUID of version 5, which no drawn one is.</summary>
    public static string IdOf(NetworkId network) =>
        string.Create(
            36,
            network.ToString(),
            (text, id) =>
            {
                id.CopyTo(text);
                text[14] = '5';
            }
        );
}
