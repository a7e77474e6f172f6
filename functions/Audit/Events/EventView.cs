using System.Globalization;

namespace Pipeline.Audit.Events;

internal sealed record EventListView(IReadOnlyList<EventView> Events, string? Next);

/// <summary>An event in this cloud's own words: all that its hash covers.</summary>
/// <param name="At">UTC, with microseconds.</param>
internal sealed record EventView(
    string Id,
    string At,
    string? UserId,
    string? ProjectId,
    string? DomainId,
    string RequestId,
    string Rule,
    TargetView Target,
    string Result,
    LinkView Chain
)
{
    public static EventView Of(AuditEvent seen)
    {
        var (type, id) = seen.TargetParts();
        return new(
            seen.Seq.ToString(CultureInfo.InvariantCulture),
            seen.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            seen.UserId?.Value,
            seen.ProjectId?.Value,
            seen.DomainId?.Value,
            seen.RequestId,
            seen.Rule,
            new(type, id),
            seen.Result,
            new(seen.Chain!, seen.Number!.Value, seen.Previous!, seen.Hash!)
        );
    }
}

internal sealed record TargetView(string Type, string? Id);

/// <summary>Its place in its chain; the first one's `previous` is empty.</summary>
internal sealed record LinkView(string Name, long Number, string Previous, string Hash);
