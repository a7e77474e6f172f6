using Pipeline.Data;

namespace Pipeline.Identity.Limits;

/// <summary>Registered limits are told to whoever has a token: what a cloud gives is no secret.</summary>
internal sealed class ReadRegisteredLimits(Database db, IdentityUrls urls)
{
    public const string All = "identity/v3/registered_limits";
    public const string One = $"{All}/{{registered_limit_id}}";

    [
        Function("identity-list-registered-limits"),
        Policy("identity:list_registered_limits", Require.Token),
        Answers(200)
    ]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request
    )
    {
        var filter = LimitFilter.Of(request);
        var found = (await db.ReadAsync(tx => tx.RegisteredLimitsAsync())).Where(limit =>
            filter.Fits(limit.ServiceId, limit.RegionId, limit.ResourceName)
        );
        return Answer.Json(
            200,
            new RegisteredLimitList(
                [.. found.Select(limit => RegisteredLimitView.Of(request, urls, limit))],
                urls.Links(request, "registered_limits")
            ),
            IdentityJson.Default.RegisteredLimitList
        );
    }

    [Function("identity-show-registered-limit"), Policy("identity:get_registered_limit", Require.Token), Answers(200)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request,
        string registeredLimitId
    ) => RegisteredLimitView.Answer(request, urls, await db.ReadAsync(tx => FindAsync(tx, registeredLimitId)));

    /// <exception cref="Fault">NotFound.</exception>
    public static async ValueTask<RegisteredLimit> FindAsync(Tx tx, string id) =>
        await tx.FindRegisteredLimitAsync(id) ?? throw NotFound(id);

    public static Fault NotFound(string id) => Fault.NotFound($"Could not find registered limit for {id}.");
}
