using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Metadata;

/// <summary>The pairs that a project keeps with a volume.</summary>
internal sealed class VolumeMetadata(Database db, VolumeOperations operations)
{
    private const string All = "volume/v3/volumes/{id}/metadata";
    private const string One = All + "/{key}";
    private const string Read = "volume:get_volume_metadata";
    private const string Write = "volume:update_volume_metadata";
    private const string Create = "volume:create_volume_metadata";
    private const string Remove = "volume:delete_volume_metadata";

    [Function("volume-list-volume-metadata"), Policy(Read, Require.ProjectReader)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request,
        string id,
        Caller caller,
        Microversion version
    ) => MetadataPairs.All(await ReadAsync(id, caller), version);

    /// <summary>Adds pairs, and gives those that are there their new values.</summary>
    [Function("volume-create-volume-metadata"), Policy(Create, Require.ProjectMember)]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId,
        Microversion version,
        CancellationToken ct
    )
    {
        var added = await MetadataPairs.ReadAsync(request, ct);
        var all = await ChangeAsync(
            id,
            caller,
            requestId,
            Create,
            known =>
            {
                MetadataPairs.CheckSeen(request, known, version);
                return MetadataPairs.Merged(known, added);
            }
        );
        return MetadataPairs.All(all, version);
    }

    /// <summary>Puts these pairs in the place of all others.</summary>
    [Function("volume-replace-volume-metadata"), Policy(Write, Require.ProjectMember)]
    public async Task<IResult> ReplaceAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = All)] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId,
        Microversion version,
        CancellationToken ct
    )
    {
        var pairs = await MetadataPairs.ReadAsync(request, ct);
        var all = await ChangeAsync(
            id,
            caller,
            requestId,
            Write,
            known =>
            {
                MetadataPairs.CheckSeen(request, known, version);
                return new(pairs);
            }
        );
        return MetadataPairs.All(all, version);
    }

    [Function("volume-show-volume-metadata-item"), Policy(Read, Require.ProjectReader)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request,
        string id,
        string key,
        Caller caller
    ) => MetadataPairs.One(await ReadAsync(id, caller), key);

    [Function("volume-update-volume-metadata-item"), Policy(Write, Require.ProjectMember)]
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

    [Function("volume-delete-volume-metadata-item"), Policy(Remove, Require.ProjectMember)]
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
        db.ReadAsync(async tx => (await VolumeOperations.FindAsync(tx, id, caller)).Meta);

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
