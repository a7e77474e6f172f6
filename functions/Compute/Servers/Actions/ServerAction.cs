using Pipeline.Data;

namespace Pipeline.Compute.Servers.Actions;

/// <summary>One action of `POST /servers/{id}/action`, by its key in the body.</summary>
internal interface IServerAction
{
    string Key { get; }

    Task<IResult> RunAsync(ServerId id, Field argument, Caller caller, RequestId requestId, CancellationToken ct);
}

/// <summary>Hands an action's body to the one that is named in it.</summary>
internal sealed class ServerAction(Database db, IEnumerable<IServerAction> actions)
{
    [Function("compute-server-action"), Policy("os_compute_api:servers:action", Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "compute/v2.1/servers/{id}/action")]
            HttpRequest request,
        ServerId id,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var body = await request.ReadFieldsAsync(ct);
        if (body.Entries().ToList() is not [var (name, argument)])
            throw Fault.BadRequest("Malformed request body: it must name one action.");
        if (actions.FirstOrDefault(a => a.Key == name) is { } action)
            return await action.RunAsync(id, argument, caller, requestId, ct);
        await db.ReadAsync(tx => ServerOperations.FindAsync(tx, id, caller)); // a server that is not there comes first
        throw Fault.BadRequest($"There is no such action: {name}");
    }
}
