using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes;

/// <summary>How many volumes a project has, and how large they are together.</summary>
internal sealed class SummariseVolumes(Database db)
{
    [Function("volume-summarise-volumes"), Policy("volume:get_all", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/volumes/summary")] HttpRequest request,
        Caller caller,
        Microversion version
    )
    {
        if (version < VolumeVersions.Summary)
            throw Fault.NotFound("Volume summary could not be found.");
        var project = ListScope.ProjectOf(request, caller);
        var filter = VolumeFilter.Of(request, caller.IsAdmin, version);
        var (sum, pairs) = await db.ReadAsync(async tx =>
            (await tx.SumVolumesAsync(project, filter), await PairsAsync(tx, project, filter, version))
        );
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartObject("volume-summary"u8);
                w.WriteNumber("total_count"u8, sum.Count);
                w.WriteNumber("total_size"u8, sum.Gib);
                if (pairs is not null)
                {
                    w.WriteStartObject("metadata"u8);
                    foreach (var (key, values) in pairs)
                    {
                        w.WriteStartArray(key);
                        foreach (var value in values)
                            w.WriteStringValue(value);
                        w.WriteEndArray();
                    }
                    w.WriteEndObject();
                }
                w.WriteEndObject();
                w.WriteEndObject();
            }
        );
    }

    /// <summary>The values of each key that any of the volumes has; null for older clients.</summary>
    private static async ValueTask<SortedDictionary<string, SortedSet<string>>?> PairsAsync(
        Tx tx,
        ProjectId? project,
        VolumeFilter filter,
        Microversion version
    )
    {
        if (version < VolumeVersions.SummaryMetadata)
            return null;
        var pairs = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var json in await tx.ListVolumeMetadataAsync(project, filter))
        foreach (var (key, value) in Volume.PairsOf(json))
        {
            if (!pairs.TryGetValue(key, out var values))
                pairs[key] = values = new(StringComparer.Ordinal);
            values.Add(value);
        }
        return pairs;
    }
}

internal sealed record VolumeSum
{
    public long Count { get; init; }
    public long Gib { get; init; }
}
