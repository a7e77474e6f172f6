using System.Text.Json;
using Pipeline.BlockStorage.Orchestrations;
using Pipeline.BlockStorage.Types;
using Pipeline.Contracts.Image;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes.Actions;

/// <summary>An image is made of what a volume holds. Its record stands with the answer; it is active when the volume's host has sent it.</summary>
internal sealed class UploadImageAction(Database db, VolumeOperations operations, IImages images, Randomness randomness)
    : IVolumeAction
{
    private const string Rule = "volume_extension:volume_actions:upload_image";

    /// <summary>What an image knows of itself, and takes over from no other.</summary>
    private static readonly string[] Own =
    [
        "image_id",
        "image_name",
        "checksum",
        "container_format",
        "disk_format",
        "min_disk",
        "min_ram",
        "size",
    ];

    public string Key => "os-volume_upload_image";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        var order = argument.Object();
        order.Only("image_name", "force", "disk_format", "container_format", "visibility", "protected");
        order.Nullable("force")?.Bool(text: true); // what is attached is refused also so, as Cinder does unless it is told otherwise
        var image = new SentImage(
            new(randomness.NewGuid()),
            default,
            order["image_name"].String(1),
            order.Nullable("disk_format")?.Choice("raw", "qcow2") ?? "raw",
            order.Nullable("container_format")?.Choice("bare") ?? "bare",
            order.Nullable("visibility")?.Choice("community", "public", "private", "shared") ?? "private",
            order.Nullable("protected")?.Bool(text: true) ?? false,
            0,
            0,
            new Dictionary<string, string>()
        );
        var (volume, type) = await db.WriteAsync(async tx =>
        {
            var begun = await BeginAsync(tx, id, image, caller, requestId);
            return (begun, await tx.FindVolumeTypeAsync(begun.VolumeTypeId));
        });
        return Answer.Written(202, w => Write(w, volume, type, image, caller));
    }

    private async ValueTask<Volume> BeginAsync(Tx tx, string id, SentImage image, Caller caller, RequestId requestId)
    {
        var volume = await VolumeOperations.LockAsync(tx, id, caller);
        if (volume.Status != VolumeStatus.Available || volume.Place is not { } place)
            throw VolumeOperations.Wrong(
                $"Volume {volume.Id} status must be available, but current status is: {volume.Status}."
            );
        var known = volume.ImageMeta;
        var made = image with
        {
            Sender = place.Host,
            MinDiskGib = NumberOf(known, "min_disk"),
            MinRamMib = NumberOf(known, "min_ram"),
            Properties = known.Where(pair => !Own.Contains(pair.Key)).ToDictionary(),
        };
        await images.AddAsync(tx, caller, made);
        var changed = volume with
        {
            Status = VolumeStatus.Uploading,
            PreviousStatus = volume.Status,
            UpdatedAt = tx.Now,
        };
        var order = new UploadVolume(volume.Id, place.Host, place.Backend, image.Id, image.DiskFormat, requestId.Value)
        {
            Name = volume.NameId,
        };
        await operations.BeginAsync(tx, changed, order, caller, requestId, ("upload", Rule));
        return changed;
    }

    private static int NumberOf(Dictionary<string, string> known, string name) =>
        int.TryParse(known.GetValueOrDefault(name), out var number) ? number : 0;

    private static void Write(Utf8JsonWriter w, Volume volume, VolumeType? type, SentImage image, Caller caller)
    {
        w.WriteStartObject();
        w.WriteStartObject("os-volume_upload_image"u8);
        w.WriteString("id"u8, volume.Id.Value);
        w.WriteString("updated_at"u8, volume.UpdatedAt is { } updated ? VolumeView.Time(updated) : null);
        w.WriteString("status"u8, volume.Status);
        w.WriteString("display_description"u8, volume.Description);
        w.WriteNumber("size"u8, volume.SizeGib);
        w.WritePropertyName("volume_type"u8);
        if (type is null)
            w.WriteNullValue();
        else
            VolumeTypeView.Write(w, type, caller, access: false);
        w.WriteString("image_id"u8, image.Id.Value);
        w.WriteString("container_format"u8, image.ContainerFormat);
        w.WriteString("disk_format"u8, image.DiskFormat);
        w.WriteString("image_name"u8, image.Name);
        w.WriteEndObject();
        w.WriteEndObject();
    }
}
