using Pipeline.Data;

namespace Pipeline.Network.AvailabilityZones;

/// <summary>The zones that a client names for a network or a router; stored as their names, separated by commas.</summary>
internal static class ZoneHints
{
    public const string Name = "availability_zone_hints";

    private const int Most = 10;

    public static string Read(Fields item) =>
        string.Join(',', item.Optional(Name)?.Array(max: Most).Select(h => h.String(1, 255)).Distinct() ?? []);

    public static string[] Split(string hints) => hints.Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether a zone is one of them; all are where none is named.</summary>
    public static bool Allow(string hints, string zone) => hints.Length == 0 || Split(hints).Contains(zone);

    /// <param name="resource">What is to be there.</param>
    /// <exception cref="Fault">NotFound for a zone where it cannot be.</exception>
    public static async ValueTask CheckAsync(Tx tx, string hints, string resource, string cloud)
    {
        if (hints.Length == 0)
            return;
        var zones = await tx.ListZonesAsync(cloud);
        foreach (var hint in Split(hints))
            if (!zones.Any(z => z.Resource == resource && z.Name == hint))
                throw Fault.NotFound($"AvailabilityZone {hint} could not be found.", "AvailabilityZoneNotFound");
    }
}
