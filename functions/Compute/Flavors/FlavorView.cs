using System.Globalization;
using System.Text.Json;

namespace Pipeline.Compute.Flavors;

/// <summary>Flavors on the wire.</summary>
internal static class FlavorView
{
    public static void WriteShort(Utf8JsonWriter w, Flavor flavor, string baseUrl)
    {
        w.WriteStartObject();
        w.WriteString("id", flavor.Id);
        w.WriteString("name", flavor.Name);
        Links.Write(w, baseUrl, "flavors", flavor.Id);
        w.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter w, Flavor flavor, string baseUrl)
    {
        w.WriteStartObject();
        w.WriteString("id", flavor.Id);
        w.WriteString("name", flavor.Name);
        w.WriteNumber("ram", flavor.RamMib);
        w.WriteNumber("disk", flavor.DiskGib);
        if (flavor.SwapMib == 0)
            w.WriteString("swap", "");
        else
            w.WriteNumber("swap", flavor.SwapMib);
        w.WriteNumber("OS-FLV-EXT-DATA:ephemeral", flavor.EphemeralGib);
        w.WriteBoolean("OS-FLV-DISABLED:disabled", false);
        w.WriteNumber("vcpus", flavor.Vcpus);
        w.WriteBoolean("os-flavor-access:is_public", flavor.IsPublic);
        w.WriteNumber("rxtx_factor", double.Parse(flavor.RxtxFactor, CultureInfo.InvariantCulture));
        Links.Write(w, baseUrl, "flavors", flavor.Id);
        w.WriteEndObject();
    }
}
