using System.Globalization;

namespace Pipeline.Audit.Events;

/// <summary>Which events are listed: the newest first, unless asked for otherwise.</summary>
/// <param name="Since">The earliest, itself included.</param>
/// <param name="Until">They were before it.</param>
internal sealed record EventFilter(Reach Reach, Page Page, DateTimeOffset? Since, DateTimeOffset? Until)
{
    public string? UserId { get; init; }
    public string? ProjectId { get; init; }
    public string? DomainId { get; init; }
    public string? TargetType { get; init; }
    public string? TargetId { get; init; }
    public string? RequestId { get; init; }
    public string? Rule { get; init; }
    public string? Result { get; init; }

    /// <summary>The last event of the page before.</summary>
    public AuditEvent? Marker { get; init; }

    private bool Ascending => Page.Sort is [{ Descending: false }, ..];

    /// <exception cref="Fault">BadRequest naming the parameter.</exception>
    public static EventFilter Of(HttpRequest request, Reach reach, int most)
    {
        var query = Query.Of(request);
        query.Only([
            "since",
            "until",
            "user_id",
            "project_id",
            "domain_id",
            "target_type",
            "target_id",
            "request_id",
            "rule",
            "result",
            "format",
            "limit",
            "marker",
            "sort",
            "sort_key",
            "sort_dir",
        ]);
        var targetType = query["target_type"];
        var targetId = query["target_id"];
        if (targetId is not null && targetType is null)
            throw query.Wrong("target_id", "it goes with target_type");
        var page = Page.Of(request, most, "at");
        if (page.Marker is { } marker && !long.TryParse(marker, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            throw query.Wrong("marker", $"'{marker}' is no event's id");
        return new(reach, page, query.Time("since"), query.Time("until"))
        {
            UserId = query["user_id"],
            ProjectId = query["project_id"],
            DomainId = query["domain_id"],
            TargetType = targetType,
            TargetId = targetId,
            RequestId = query["request_id"],
            Rule = query["rule"],
            Result = query["result"],
        };
    }

    public string Where() =>
        string.Join(
            " AND ",
            new[]
            {
                "number IS NOT NULL",
                Reach.Project is null ? null : "project_id = @ownProject",
                Reach.Domain is null ? null : "domain_id = @ownDomain",
                Since is null ? null : "at >= @Since",
                Until is null ? null : "at < @Until",
                UserId is null ? null : "user_id = @UserId",
                ProjectId is null ? null : "project_id = @ProjectId",
                DomainId is null ? null : "domain_id = @DomainId",
                TargetId is not null ? "target = @target" : null,
                // All that begins with the type: a zero follows the slash.
                TargetType is not null
                && TargetId is null
                    ? "target >= @typeBegin AND target < @typeEnd"
                    : null,
                RequestId is null ? null : "request_id = @RequestId",
                Rule is null ? null : "rule = @Rule",
                Result is null ? null : "result = @Result",
                Marker is null ? null
                : Ascending ? "(at, seq) > (@markerAt, @markerSeq)"
                : "(at, seq) < (@markerAt, @markerSeq)",
            }.OfType<string>()
        );

    public string Order() => Ascending ? "at, seq" : "at DESC, seq DESC";

    public object Arguments() =>
        new
        {
            ownProject = Reach.Project,
            ownDomain = Reach.Domain,
            Since,
            Until,
            UserId,
            ProjectId,
            DomainId,
            target = $"{TargetType}/{TargetId}",
            typeBegin = $"{TargetType}/",
            typeEnd = $"{TargetType}0",
            RequestId,
            Rule,
            Result,
            markerAt = Marker?.At,
            markerSeq = Marker?.Seq,
            limit = Page.Limit + 1L,
        };
}
