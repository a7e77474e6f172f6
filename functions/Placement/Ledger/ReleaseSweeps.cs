using Pipeline.Data;

namespace Pipeline.Placement.Ledger;

/// <summary>
/// An operator's word after a restore: what the database says holds again, and sweeps reclaim once more. Said when there
/// is nothing to release it changes nothing.
/// </summary>
internal sealed class ReleaseSweeps(Database db)
{
    private const string Rule = "hosts:quarantine:release";

    [Function("hosts-release-sweeps"), Policy(Rule, Require.Admin), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "hosts/v1/quarantine/release")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        await db.WriteAsync(async tx =>
        {
            if (await tx.ReleaseSweepsAsync())
                await tx.AuditAsync(caller.Audit(requestId, Rule, "cloud"));
        });
        return Answer.NoContent();
    }
}
