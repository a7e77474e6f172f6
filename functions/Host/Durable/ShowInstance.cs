using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Durable.Management;

namespace Pipeline.Functions.Durable;

/// <summary>Status polling as in Durable Functions: 202 with `Location` and `Retry-After` while it runs, 200 when it has ended.</summary>
internal sealed class ShowInstance(Database db, InstanceReader reader, KnownHosts hosts, PublicUrl publicUrl)
{
    [Function("durable-show-instance"), Policy("durable:instances:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = InstanceRoute.One)] HttpRequest request,
        string id,
        Caller caller
    )
    {
        var query = Query.Of(request);
        var parts = InstanceParts.Of(query);
        var failedIsError = query.Bool("returnInternalServerErrorOnFailure") ?? false;
        var (state, names) = await db.ReadAsync(async tx =>
            await reader.FindAsync(tx, id, withData: parts.History) is { } found && caller.Sees(found)
                ? (found, await hosts.ReadAsync(tx, caller, InstanceView.HostsOf(found)))
                : throw InstanceRoute.NotFound(id)
        );
        if (!InstanceStatus.IsTerminal(state.Status))
            return Written(202)
                .With("Location", $"{publicUrl.Of(request)}/{InstanceRoute.All}/{id}")
                .With("Retry-After", "1");
        return Written(failedIsError && state.Status == InstanceStatus.Failed ? 500 : 200);

        Answer Written(int status) => Answer.Written(status, w => InstanceView.Write(w, state, parts, names));
    }
}
