using Pipeline.BlockStorage.Snapshots;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Metadata;

/// <summary>The pairs that a project keeps with a snapshot.</summary>
internal sealed class SnapshotMetadata(Database db, SnapshotOperations operations)
{
    private const string All = "volume/v3/snapshots/{id}/metadata";
    private const string One = All + "/{key}";
    private const string Read = "volume:get_snapshot_metadata";
    private const string Write = "volume:update_snapshot_metadata";
    private const string Remove = "volume:delete_snapshot_metadata";

    [Function("volume-list-snapshot-metadata"), Policy(Read, Require.ProjectReader)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request,
        string id,
        Caller caller
    ) => MetadataPairs.All(await ReadAsync(id, caller));

    /// <summary>Adds pairs, and gives those that are there their new values.</summary>
    [Function("volume-create-snapshot-metadata"), Policy(Write, Require.ProjectMember)]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var added = await MetadataPairs.ReadAsync(request, ct);
        return MetadataPairs.All(
            await ChangeAsync(id, caller, requestId, Write, known => MetadataPairs.Merged(known, added))
        );
    }

    /// <summary>Puts these pairs in the place of all others.</summary>
    [Function("volume-replace-snapshot-metadata"), Policy(Write, Require.ProjectMember)]
    public async Task<IResult> ReplaceAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = All)] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var pairs = await MetadataPairs.ReadAsync(request, ct);
        return MetadataPairs.All(await ChangeAsync(id, caller, requestId, Write, _ => new(pairs)));
    }

    [Function("volume-show-snapshot-metadata-item"), Policy(Read, Require.ProjectReader)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request,
        string id,
        string key,
        Caller caller
    ) => MetadataPairs.One(await ReadAsync(id, caller), key);

    [Function("volume-update-snapshot-metadata-item"), Policy(Write, Require.ProjectMember)]
    public async Task<IResult> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request,
        string id,
        string key,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var value = await MetadataPairs.ReadOneAsync(request, key, ct);
        var added = new Dictionary<string, string> { [key] = value };
        var all = await ChangeAsync(id, caller, requestId, Write, known => MetadataPairs.Merged(known, added));
        return MetadataPairs.One(all, key);
    }

    [Function("volume-delete-snapshot-metadata-item"), Policy(Remove, Require.ProjectMember)]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request,
        string id,
        string key,
        Caller caller,
        RequestId requestId
    )
    {
        await ChangeAsync(id, caller, requestId, Remove, known => MetadataPairs.Without(known, key));
        return Answer.Empty(200);
    }

    private Task<Dictionary<string, string>> ReadAsync(string id, Caller caller) =>
        db.ReadAsync(async tx => (await SnapshotOperations.FindAsync(tx, id, caller)).Meta);

    private async Task<Dictionary<string, string>> ChangeAsync(
        string id,
        Caller caller,
        RequestId requestId,
        string rule,
        Func<Dictionary<string, string>, Dictionary<string, string>> change
    ) =>
        (
            await operations.ChangeAsync(
                id,
                caller,
                requestId,
                rule,
                known => known with { Metadata = Volume.TextOf(change(known.Meta)) }
            )
        ).Meta;
}
