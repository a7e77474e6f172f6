using System.Text.Json;

namespace Pipeline.Compute.Volumes;

/// <summary>A server's volume on the wire, as microversion 2.1 has it: its id there is the volume's.</summary>
internal static class VolumeAttachmentView
{
    public static void Write(Utf8JsonWriter w, ServerVolume volume)
    {
        w.WriteStartObject();
        w.WriteString("id"u8, volume.VolumeId.Value);
        w.WriteString("volumeId"u8, volume.VolumeId.Value);
        w.WriteString("serverId"u8, volume.ServerId.Value);
        w.WriteString("device"u8, volume.Device);
        w.WriteEndObject();
    }

    public static IResult One(ServerVolume volume) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("volumeAttachment");
                Write(w, volume);
                w.WriteEndObject();
            }
        );
}
