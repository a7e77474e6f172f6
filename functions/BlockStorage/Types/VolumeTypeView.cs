using System.Text.Json;

namespace Pipeline.BlockStorage.Types;

/// <summary>Types on the wire: operators see all of one, others what is theirs to know.</summary>
internal static class VolumeTypeView
{
    /// <param name="access">Whether `os-volume-type-access:is_public` is shown: not in the answer to an update.</param>
    public static Answer Of(VolumeType type, Caller caller, bool access = true) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("volume_type");
                Write(w, type, caller, access);
                w.WriteEndObject();
            }
        );

    public static void Write(Utf8JsonWriter w, VolumeType type, Caller caller, bool access = true)
    {
        w.WriteStartObject();
        w.WriteString("id", type.Id.ToString());
        w.WriteString("name", type.Name);
        w.WriteBoolean("is_public", type.IsPublic);
        w.WriteString("description", type.Description);
        SpecMap.Write(w, "extra_specs", type.SpecsFor(caller));
        if (caller.IsAdmin)
            w.WriteString("qos_specs_id", type.QosSpecsId?.ToString());
        if (access)
            w.WriteBoolean("os-volume-type-access:is_public", type.IsPublic);
        w.WriteEndObject();
    }
}
