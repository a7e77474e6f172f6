using System.Text.Json;
using Pipeline.BlockStorage.Types;

namespace Pipeline.BlockStorage.QosSpecs;

/// <summary>QoS specs on the wire; by themselves they have links.</summary>
internal static class QosSpecView
{
    public static Answer Of(QosSpec spec, string baseUrl, ProjectId? project) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("qos_specs");
                Write(w, spec);
                Links.Write(w, baseUrl, project, "qos-specs", spec.Id.ToString());
                w.WriteEndObject();
            }
        );

    public static void Write(Utf8JsonWriter w, QosSpec spec)
    {
        w.WriteStartObject();
        w.WriteString("id", spec.Id.ToString());
        w.WriteString("name", spec.Name);
        w.WriteString("consumer", spec.Consumer);
        SpecMap.Write(w, "specs", spec.Pairs);
        w.WriteEndObject();
    }
}
