using Pipeline.Data;

namespace Pipeline.BlockStorage.Zones;

/// <summary>The SQL of zones: a host tells its own, and what lies on it is there.</summary>
internal static class ZoneStore
{
    /// <summary>Zones that have storage; the cloud's own while there is none.</summary>
    public static async ValueTask<IReadOnlyList<string>> ListVolumeZonesAsync(this Tx tx)
    {
        var zones = await tx.ListAsync<string>(
            "SELECT DISTINCT zone FROM volume_backends WHERE offered = 1 OR volumes > 0 ORDER BY zone"
        );
        return zones.Count > 0 ? zones : [VolumeZones.Own];
    }

    /// <summary>A host that is in another zone than before took its volumes along.</summary>
    public static async ValueTask SetZoneAsync(this Tx tx, HostId host, string zone)
    {
        const string backends = "UPDATE volume_backends SET zone = @zone WHERE host_id = @host AND zone <> @zone";
        if (await tx.ExecuteAsync(backends, new { host, zone }) == 0)
            return;
        await tx.ExecuteAsync(
            "UPDATE volumes SET availability_zone = @zone WHERE host_id = @host AND availability_zone <> @zone",
            new { host, zone }
        );
    }
}
