using Pipeline.Data;

namespace Pipeline.BlockStorage.Zones;

/// <summary>One zone, `nova`: available while a backend in it takes new volumes.</summary>
internal sealed class ListAvailabilityZones(Database db)
{
    public const string Zone = "nova";

    [Function("volume-list-zones"), Policy("volume:availability_zone_list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/os-availability-zone")] HttpRequest request
    )
    {
        var available = await db.ReadAsync(IsAvailableAsync);
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("availabilityZoneInfo");
                w.WriteStartObject();
                w.WriteString("zoneName", Zone);
                w.WriteStartObject("zoneState");
                w.WriteBoolean("available", available);
                w.WriteEndObject();
                w.WriteEndObject();
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
    }

    private static async ValueTask<bool> IsAvailableAsync(Tx tx) =>
        await tx.ScalarAsync<long?>("SELECT 1 FROM volume_backends WHERE offered = 1 AND enabled = 1 LIMIT 1")
            is not null;
}
