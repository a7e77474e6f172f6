using System.Text.Json;
using Pipeline.BlockStorage.Volumes;

namespace Pipeline.BlockStorage.Transfers;

/// <summary>Transfers on the wire, by microversion.</summary>
internal static class TransferView
{
    public static void WriteShort(Utf8JsonWriter w, Transfer transfer, ProjectId? project, string baseUrl)
    {
        w.WriteStartObject();
        WriteNames(w, transfer, project, baseUrl);
        w.WriteEndObject();
    }

    /// <param name="key">Told when it is made, and never again.</param>
    public static void Write(
        Utf8JsonWriter w,
        Transfer transfer,
        ProjectId? project,
        string baseUrl,
        Microversion version,
        string? key = null
    )
    {
        w.WriteStartObject();
        WriteNames(w, transfer, project, baseUrl);
        w.WriteString("created_at"u8, VolumeView.Time(transfer.CreatedAt));
        if (key is not null)
            w.WriteString("auth_key"u8, key);
        if (version >= VolumeVersions.TransferSnapshots)
            w.WriteBoolean("no_snapshots"u8, transfer.NoSnapshots);
        if (version >= VolumeVersions.TransferHistory)
            WriteHistory(w, transfer);
        w.WriteEndObject();
    }

    /// <summary>An offer ends when it is accepted, so none that is shown has been.</summary>
    private static void WriteHistory(Utf8JsonWriter w, Transfer transfer)
    {
        w.WriteString("source_project_id"u8, transfer.ProjectId.Value);
        w.WriteNull("destination_project_id"u8);
        w.WriteBoolean("accepted"u8, false);
    }

    public static Answer Answer(int status, Action<Utf8JsonWriter> write) =>
        Runtime.Answer.Written(
            status,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("transfer");
                write(w);
                w.WriteEndObject();
            }
        );

    private static void WriteNames(Utf8JsonWriter w, Transfer transfer, ProjectId? project, string baseUrl)
    {
        w.WriteString("id"u8, transfer.Id.Value);
        w.WriteString("name"u8, transfer.Name);
        w.WriteString("volume_id"u8, transfer.VolumeId.Value);
        Links.Write(w, baseUrl, project, "os-volume-transfer", transfer.Id.ToString());
    }
}
