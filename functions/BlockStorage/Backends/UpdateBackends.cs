using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Backends;

/// <summary>A backend has become fuller, or emptier, or can something else than before.</summary>
internal sealed class UpdateBackends(Database db)
{
    [Function("volume-update-backends"), Policy("hosts:inventory", Require.Host)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "hosts/v1/{host}/backends")] HttpRequest request,
        HostId host,
        CancellationToken ct
    )
    {
        var told = await request.ReadMessageAsync<HostBackends>(ct);
        await db.WriteAsync(async tx =>
        {
            foreach (var backend in told.Backends)
                await tx.TellBackendAsync(host, backend);
        });
        return Answer.NoContent();
    }
}
