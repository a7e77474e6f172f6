using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Tags;

/// <summary>All SQL of tags, whatever they are on: ids are unique over all resources.</summary>
internal static class TagStore
{
    /// <summary>Tags by resource, each resource's in the order of the alphabet.</summary>
    public static async ValueTask<ILookup<string, string>> ListTagsAsync(this Tx tx, IEnumerable<string> resources)
    {
        var rows = await tx.InChunksAsync<TagRow>(
            "SELECT resource_id, tag FROM network_tags WHERE resource_id IN @ids ORDER BY resource_id, tag",
            resources
        );
        return rows.ToLookup(r => r.ResourceId, r => r.Tag);
    }

    /// <returns>False when the resource has the tag already.</returns>
    public static async ValueTask<bool> AddTagAsync(this Tx tx, string resource, string tag) =>
        await tx.ExecuteAsync(
            "INSERT INTO network_tags (resource_id, tag) VALUES (@resource, @tag) ON CONFLICT (resource_id, tag) DO NOTHING",
            new { resource, tag }
        ) == 1;

    /// <returns>False when the resource does not have the tag.</returns>
    public static async ValueTask<bool> DeleteTagAsync(this Tx tx, string resource, string tag) =>
        await tx.ExecuteAsync(
            "DELETE FROM network_tags WHERE resource_id = @resource AND tag = @tag",
            new { resource, tag }
        ) == 1;

    public static async ValueTask DeleteTagsAsync(this Tx tx, string resource) =>
        await tx.ExecuteAsync("DELETE FROM network_tags WHERE resource_id = @resource", new { resource });
}

internal sealed record TagRow
{
    public string ResourceId { get; init; } = "";
    public string Tag { get; init; } = "";
}
