using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Agent.Metadata;

/// <summary>The `openstack/latest` tree, in the shapes of Nova's metadata API.</summary>
internal static class OpenStackDocuments
{
    private static readonly byte[] Nothing = "{}"u8.ToArray();

    public static IEnumerable<(string Path, byte[] Content)> Of(ServerMetadata server)
    {
        yield return ("openstack/latest/meta_data.json", MetaData(server));
        yield return ("openstack/latest/network_data.json", NetworkDocument.Write(server.Nics));
        yield return ("openstack/latest/vendor_data.json", server.VendorData ?? Nothing);
        yield return ("openstack/latest/vendor_data2.json", Named(server.VendorData));
        if (server.UserData is { } userData)
            yield return ("openstack/latest/user_data", userData);
    }

    /// <summary>The second form has each source's data under its name. Ours is the static one.</summary>
    private static byte[] Named(byte[]? vendorData) =>
        vendorData is null ? Nothing : [.. "{\"static\":"u8, .. vendorData, .. "}"u8];

    private static byte[] MetaData(ServerMetadata server) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new MetaDataView(
                server.Id,
                server.Name,
                server.HostName,
                server.Project,
                server.AvailabilityZone,
                LaunchIndex: 0,
                server.Meta,
                server.Keys.Count > 0 ? server.Keys.ToDictionary(key => key.Name, key => key.PublicKey) : null,
                [.. server.Keys.Select(key => new KeyView(key.Name, key.Type, key.PublicKey))],
                Devices: [],
                server.Seed,
                server.AdminPassword
            ),
            GuestJson.Context.MetaDataView
        );
}

internal sealed record MetaDataView(
    ServerId Uuid,
    string Name,
    string Hostname,
    ProjectId ProjectId,
    string AvailabilityZone,
    int LaunchIndex,
    IReadOnlyDictionary<string, string> Meta,
    IReadOnlyDictionary<string, string>? PublicKeys,
    IReadOnlyList<KeyView> Keys,
    IReadOnlyList<string> Devices,
    byte[] RandomSeed,
    string? AdminPass
);

internal sealed record KeyView(string Name, string Type, string Data);

/// <summary>Nova's spelling; what is null is left out, as there.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(MetaDataView))]
[JsonSerializable(typeof(NetworkDataView))]
[JsonSerializable(typeof(SortedDictionary<string, byte[]>))]
internal sealed partial class MetadataJson : JsonSerializerContext;

internal static class GuestJson
{
    // Guests read these documents with sed as well: a key's `+` must stay a plus, not become \u002B.
    public static MetadataJson Context { get; } =
        new(new(MetadataJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
