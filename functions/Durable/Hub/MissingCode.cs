using Microsoft.Extensions.Logging;
using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>Says at the start which running instances this program has no code for. They are parked, and go on with it.</summary>
internal sealed class MissingCode(Database db, EngineParts parts, ILogger logger)
{
    public async Task ReportAsync()
    {
        try
        {
            foreach (var live in await db.ReadAsync(ListAsync))
                if (!parts.Registry.Knows(live.Name, live.Version))
                    logger.LogError(
                        "version {Version} of {Orchestration} is not loaded, and {Count} instances run on it, {Example} among them",
                        live.Version,
                        live.Name,
                        live.Count,
                        live.Example
                    );
        }
        catch (ProcessDiedException)
        {
            // Nobody is left to tell.
        }
        catch (Exception e)
        {
            logger.LogWarning(e, "whether all running instances have code could not be found out");
        }
    }

    private static ValueTask<IReadOnlyList<LiveCode>> ListAsync(Tx tx) =>
        tx.ListAsync<LiveCode>(
            """
            SELECT name, version, COUNT(*) AS count, MIN(id) AS example FROM instances
            WHERE status IN @live AND completed_at IS NULL GROUP BY name, version ORDER BY name, version
            """,
            new { live = (string[])[InstanceStatus.Pending, InstanceStatus.Running, InstanceStatus.Suspended] }
        );

    private sealed record LiveCode
    {
        public string Name { get; init; } = "";
        public int Version { get; init; }
        public long Count { get; init; }
        public string Example { get; init; } = "";
    }
}
