using Microsoft.Extensions.Logging;
using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>
/// Takes over what is blocked elsewhere and can go on here: while code is rolled out, the functions host that runs an
/// instance may be the last to get the code for it.
/// </summary>
internal sealed class Adoption(Database db, EngineParts parts, EpisodeRunner episodes, ILogger logger)
{
    private const int Batch = 100;
    private string after = "";

    /// <summary>Tries a batch; the next call goes on behind it, and begins anew behind the last.</summary>
    public async Task LookAsync(string owner)
    {
        var blocked = await db.ReadAsync(tx => tx.ListBlockedElsewhereAsync(owner, after, Batch));
        after = blocked.Count < Batch ? "" : blocked[^1];
        foreach (var id in blocked)
            if (await episodes.FindRunnableAsync(id) is { } row && await db.WriteAsync(tx => tx.AdoptAsync(row, owner)))
            {
                logger.LogInformation("{Owner} took over {Instance}: its code is here", owner, id);
                parts.Wake(id);
            }
    }
}
