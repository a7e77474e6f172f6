using System.Text.Json;
using Pipeline.BlockStorage.Volumes;

namespace Pipeline.BlockStorage.Attachments;

/// <summary>Attachments on the wire.</summary>
internal static class AttachmentView
{
    public static void WriteShort(Utf8JsonWriter w, Attachment attachment)
    {
        w.WriteStartObject();
        WriteSummary(w, attachment);
        w.WriteEndObject();
    }

    /// <summary>Of a server's attachment nobody is told the way: it is compute's.</summary>
    /// <param name="password">Null where the caller may not know it.</param>
    public static void Write(Utf8JsonWriter w, Attachment attachment, string? password)
    {
        w.WriteStartObject();
        WriteSummary(w, attachment);
        w.WriteString("attached_at"u8, attachment.AttachedAt is { } since ? VolumeView.Time(since) : "");
        w.WriteString("detached_at"u8, "");
        w.WriteString("attach_mode"u8, attachment.AttachMode);
        w.WriteStartObject("connection_info"u8);
        if (!attachment.Claimed && attachment.Way is { } way)
        {
            WayView.WriteData(w, attachment, way, password);
            w.WriteString("driver_volume_type"u8, WayView.TypeOf(way));
            w.WriteString("attachment_id"u8, attachment.Id.Value);
        }
        w.WriteEndObject();
        w.WriteEndObject();
    }

    public static Answer Answer(Attachment attachment, string? password) =>
        Runtime.Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("attachment");
                Write(w, attachment, password);
                w.WriteEndObject();
            }
        );

    private static void WriteSummary(Utf8JsonWriter w, Attachment attachment)
    {
        w.WriteString("id"u8, attachment.Id.Value);
        w.WriteString("status"u8, attachment.Status);
        w.WriteString("instance"u8, attachment.ServerId?.ToString());
        w.WriteString("volume_id"u8, attachment.VolumeId.Value);
    }
}
