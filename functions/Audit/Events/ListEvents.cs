using System.Globalization;
using Pipeline.Audit.Chains;
using Pipeline.Data;

namespace Pipeline.Audit.Events;

/// <summary>What was done, by whom, under which rule: a project's own for its managers, a domain's for its, all for readers of the system.</summary>
internal sealed class ListEvents(Database db, Sealer sealer, Policies policies, Cloud cloud)
{
    private const string Rule = "audit:events:list";
    private const int Most = 1000;

    [Function("audit-list-events"), Policy(Rule, Require.Token, Check = Reach.Check), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "audit/v1/events")] HttpRequest request,
        Caller caller
    )
    {
        var filter = EventFilter.Of(request, Reach.Of(caller, policies, Rule), Most);
        var cadf = Format.IsCadf(request);
        await sealer.SealAsync();
        var found = await db.ReadAsync(async tx => await tx.ListEventsAsync(await WithMarkerAsync(tx, filter)));
        var shown = found.Take(filter.Page.Limit).ToList();
        var next =
            found.Count > shown.Count && shown.Count > 0
                ? "/audit/v1/events" + Page.NextQuery(request, shown[^1].Seq.ToString(CultureInfo.InvariantCulture))
                : null;
        return cadf
            ? Cadf(shown, next)
            : Answer.Json(200, new([.. shown.Select(EventView.Of)], next), AuditJson.Default.EventListView);
    }

    private static async ValueTask<EventFilter> WithMarkerAsync(Tx tx, EventFilter filter)
    {
        if (filter.Page.Marker is not { } marker)
            return filter;
        var last = await tx.FindEventAsync(long.Parse(marker, CultureInfo.InvariantCulture));
        return last is not null && filter.Reach.Covers(last.ProjectId, last.DomainId)
            ? filter with
            {
                Marker = last,
            }
            : throw Fault.BadRequest($"Invalid input for query parameter marker: '{marker}' is no event's id.");
    }

    private Answer Cadf(IReadOnlyList<AuditEvent> events, string? next) =>
        Answer.Written(
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("events");
                foreach (var one in events)
                    CadfEvent.Write(json, one, cloud);
                json.WriteEndArray();
                json.WriteString("next", next);
                json.WriteEndObject();
            }
        );
}
