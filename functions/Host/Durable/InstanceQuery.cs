using Pipeline.Durable;
using Pipeline.Durable.Management;

namespace Pipeline.Functions.Durable;

/// <summary>The query of a list: Durable Functions' filters, and ours by resource and name.</summary>
internal static class InstanceQuery
{
    public const string ContinuationToken = "x-ms-continuation-token";

    /// <summary>As many as a page has when its client names no number, and as it has at most.</summary>
    private const int Usual = 100;
    private const int Most = 1_000;

    /// <exception cref="Fault">BadRequest naming the parameter.</exception>
    public static InstanceFilter FilterOf(HttpRequest request, Caller caller)
    {
        var query = Query.Of(request);
        return new InstanceFilter
        {
            Project = caller.IsAdmin ? null : caller.Project,
            Resource = query["resource"],
            Name = query["name"],
            IdPrefix = query["instanceIdPrefix"],
            Statuses = StatusesOf(query),
            CreatedFrom = query.Time("createdTimeFrom"),
            CreatedTo = query.Time("createdTimeTo"),
            After = PositionOf(request),
        };
    }

    /// <summary>Of 0 and none the usual number: that is what "no limit" is to clients.</summary>
    public static int TopOf(HttpRequest request) =>
        Query.Of(request).Int("top", 0) is { } top and > 0 ? Math.Min(top, Most) : Usual;

    public static Answer Continued(this Answer answer, ListPosition? next) =>
        next is null ? answer : answer.With(ContinuationToken, next.Token);

    private static readonly string[] Known = [.. InstanceStatus.Open, .. InstanceStatus.Terminal];

    public static List<string> StatusesOf(Query query)
    {
        var statuses = new List<string>();
        foreach (var list in query.All("runtimeStatus"))
        foreach (var word in list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            statuses.Add(
                Known.FirstOrDefault(s => s.Equals(word, StringComparison.OrdinalIgnoreCase))
                    ?? throw query.Wrong("runtimeStatus", $"'{word}' is not one of {string.Join(", ", Known)}")
            );
        return statuses;
    }

    private static ListPosition? PositionOf(HttpRequest request) =>
        request.Headers[ContinuationToken] is not [{ Length: > 0 } token]
            ? null
            : ListPosition.Parse(token)
                ?? throw Fault.BadRequest($"{ContinuationToken} is none that this list has given out.");
}
