using System.Globalization;
using System.Text.Json;
using Pipeline.Contracts.Drivers;

namespace Pipeline.BlockStorage.Attachments;

/// <summary>A way to a volume in the words of os-brick, which attaches it: `driver_volume_type` and its data.</summary>
internal static class WayView
{
    /// <param name="password">Null where the caller may not know it.</param>
    public static void WriteData(Utf8JsonWriter w, Attachment attachment, VolumeConnection way, string? password)
    {
        switch (way.Protocol)
        {
            case "iscsi":
                WriteTarget(w, way, password);
                break;
            case "file":
                w.WriteString("device_path"u8, way.Properties.GetValueOrDefault("path"));
                w.WriteString("format"u8, way.Properties.GetValueOrDefault("format"));
                break;
            default:
                foreach (var (name, value) in way.Properties)
                    w.WriteString(name, value);
                break;
        }
        w.WriteString("volume_id"u8, attachment.VolumeId.Value);
        w.WriteString("access_mode"u8, attachment.AttachMode);
        w.WriteBoolean("encrypted"u8, false);
        w.WriteNull("qos_specs"u8);
    }

    /// <summary>What os-brick calls the transport.</summary>
    public static string TypeOf(VolumeConnection way) => way.Protocol == "file" ? "local" : way.Protocol;

    private static void WriteTarget(Utf8JsonWriter w, VolumeConnection way, string? password)
    {
        var (host, port) = (way.Properties["host"], way.Properties["port"]);
        w.WriteString("target_portal"u8, host.Contains(':') ? $"[{host}]:{port}" : $"{host}:{port}");
        w.WriteString("target_iqn"u8, way.Properties["target"]);
        w.WriteNumber("target_lun"u8, int.Parse(way.Properties["lun"], CultureInfo.InvariantCulture));
        w.WriteBoolean("target_discovered"u8, false);
        w.WriteString("auth_method"u8, "CHAP");
        w.WriteString("auth_username"u8, way.Properties["user"]);
        if (password is not null)
            w.WriteString("auth_password"u8, password);
    }
}
