using Pipeline.BlockStorage.Metadata;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes.Actions;

internal sealed class ShowImageMetadataAction(Database db) : IVolumeAction
{
    public string Key => "os-show_image_metadata";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId) =>
        MetadataPairs.All((await db.ReadAsync(tx => VolumeOperations.FindAsync(tx, id, caller))).ImageMeta);
}

/// <summary>What a server that boots from the volume is told of its image.</summary>
internal sealed class SetImageMetadataAction(VolumeOperations operations) : IVolumeAction
{
    public string Key => "os-set_image_metadata";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        var added = argument.Object().Object("metadata").StringMap();
        var volume = await operations.ChangeAsync(
            id,
            caller,
            requestId,
            "volume_extension:volume_image_metadata:set",
            v => v with { ImageMetadata = Volume.TextOf(MetadataPairs.Merged(v.ImageMeta, added)) }
        );
        return MetadataPairs.All(volume.ImageMeta);
    }
}

internal sealed class UnsetImageMetadataAction(VolumeOperations operations) : IVolumeAction
{
    public string Key => "os-unset_image_metadata";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        var key = argument.Object().String("key", 1);
        await operations.ChangeAsync(
            id,
            caller,
            requestId,
            "volume_extension:volume_image_metadata:remove",
            v => v with { ImageMetadata = Volume.TextOf(MetadataPairs.Without(v.ImageMeta, key)) }
        );
        return Answer.Empty(200);
    }
}
