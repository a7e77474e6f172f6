using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes.Actions;

/// <summary>One action of `POST /volumes/{id}/action`, by its key in the body.</summary>
internal interface IVolumeAction
{
    string Key { get; }

    Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId);

    /// <summary>For an action that newer clients may do more with.</summary>
    Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId, Microversion version) =>
        RunAsync(id, argument, caller, requestId);
}

/// <summary>Hands an action's body to the one that is named in it.</summary>
internal sealed class VolumeAction(Database db, IEnumerable<IVolumeAction> actions)
{
    [Function("volume-volume-action"), Policy("volume:action", Require.ProjectMember), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "volume/v3/volumes/{id}/action")]
            HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId,
        Microversion version,
        CancellationToken ct
    )
    {
        var body = await request.ReadFieldsAsync(ct);
        if (body.Entries().ToList() is not [var (name, argument)])
            throw Fault.BadRequest("Malformed request body: it must name one action.");
        if (actions.FirstOrDefault(a => a.Key == name) is { } action)
            return await action.RunAsync(id, argument, caller, requestId, version);
        await db.ReadAsync(tx => VolumeOperations.FindAsync(tx, id, caller)); // a volume that is not there comes first
        throw Fault.BadRequest($"There is no such action: {name}");
    }

    /// <exception cref="Fault">Forbidden for all but operators.</exception>
    public static void RequireAdmin(Caller caller, string rule)
    {
        if (!caller.IsAdmin)
            throw Fault.Forbidden($"Policy doesn't allow {rule} to be performed.");
    }
}
