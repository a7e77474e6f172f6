using Pipeline.Audit.Chains;
using Pipeline.Data;

namespace Pipeline.Audit.Events;

internal sealed class ShowEvent(Database db, Sealer sealer, Policies policies, Cloud cloud)
{
    private const string Rule = "audit:events:show";

    [Function("audit-show-event"), Policy(Rule, Require.Token, Check = Reach.Check), Answers(200)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "audit/v1/events/{id}")] HttpRequest request,
        Caller caller,
        long id
    )
    {
        var reach = Reach.Of(caller, policies, Rule);
        var cadf = Format.IsCadf(request);
        await sealer.SealAsync();
        var found = await db.ReadAsync(tx => tx.FindEventAsync(id));
        if (found is null || !reach.Covers(found.ProjectId, found.DomainId))
            throw Fault.NotFound($"No event has the id '{id}'.");
        return cadf
            ? Answer.Written(200, json => CadfEvent.Write(json, found, cloud))
            : Answer.Json(200, EventView.Of(found), AuditJson.Default.EventView);
    }
}

/// <summary>How events are written: `?format=cadf`, or in this cloud's own words.</summary>
internal static class Format
{
    /// <exception cref="Fault">BadRequest for a format that there is not.</exception>
    public static bool IsCadf(HttpRequest request)
    {
        var query = Query.Of(request);
        return query["format"] switch
        {
            null => false,
            "cadf" => true,
            var other => throw query.Wrong("format", $"'{other}' is not cadf"),
        };
    }
}
