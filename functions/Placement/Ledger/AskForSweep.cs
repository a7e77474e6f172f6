using Pipeline.Data;

namespace Pipeline.Placement.Ledger;

/// <summary>A host has noticed a change of its own, as a guest that ended: it is looked at soon.</summary>
internal sealed class AskForSweep(Database db, SweepBook book)
{
    [Function("hosts-ask-for-sweep"), Policy("hosts:answer", Require.Host)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "hosts/v1/{host}/sweeps")] HttpRequest request,
        HostId host
    )
    {
        await db.WriteAsync(tx => book.StartAsync(tx, host));
        return Answer.NoContent();
    }
}
