using System.Security.Cryptography;
using System.Text;

namespace Pipeline.BlockStorage.Metadata;

/// <summary>What can be done to the pairs of a volume or a snapshot, and how they are shown. Pure.</summary>
internal static class MetadataPairs
{
    /// <summary>`{"metadata": {…}}`: values of up to 255 characters under keys of 1 to 255.</summary>
    public static async Task<Dictionary<string, string>> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var body = await request.ReadFieldsAsync(ct);
        body.Only("metadata");
        return body.Object("metadata").StringMap();
    }

    /// <summary>`{"meta": {key: value}}`: the one that the path names.</summary>
    public static async Task<string> ReadOneAsync(HttpRequest request, string key, CancellationToken ct)
    {
        var body = await request.ReadFieldsAsync(ct);
        body.Only("meta");
        var pairs = body.Object("meta").StringMap();
        if (!pairs.TryGetValue(key, out var value))
            throw Fault.BadRequest("Request body and URI mismatch");
        return pairs.Count == 1 ? value : throw Fault.BadRequest("Request body contains too many items");
    }

    public static Dictionary<string, string> Merged(
        Dictionary<string, string> known,
        IReadOnlyDictionary<string, string> added
    )
    {
        foreach (var (key, value) in added)
            known[key] = value;
        return known;
    }

    public static Dictionary<string, string> Without(Dictionary<string, string> known, string key) =>
        known.Remove(key) ? known : throw NoSuchKey(key);

    public static Answer All(IReadOnlyDictionary<string, string> pairs) => View("metadata", pairs);

    /// <summary>The same, with its tag: whoever changes them may say which they have seen.</summary>
    public static Answer All(IReadOnlyDictionary<string, string> pairs, Microversion version) =>
        version >= VolumeVersions.Tags ? View("metadata", pairs).With("Etag", $"\"{TagOf(pairs)}\"") : All(pairs);

    /// <exception cref="Fault">PreconditionFailed where the client has seen others.</exception>
    public static void CheckSeen(HttpRequest request, IReadOnlyDictionary<string, string> known, Microversion version)
    {
        if (version < VolumeVersions.Tags || request.Headers.IfMatch is not [{ Length: > 0 } seen, ..])
            return;
        if (seen != "*" && !seen.Split(',').Any(tag => tag.Trim().Trim('"') == TagOf(known)))
            throw new Fault(FaultCode.PreconditionFailed, "Precondition Failed");
    }

    private static string TagOf(IReadOnlyDictionary<string, string> pairs)
    {
        var text = string.Join(
            '\0',
            pairs.OrderBy(p => p.Key, StringComparer.Ordinal).SelectMany(p => (string[])[p.Key, p.Value])
        );
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
    }

    public static Answer One(Dictionary<string, string> pairs, string key) =>
        pairs.TryGetValue(key, out var value)
            ? View("meta", new Dictionary<string, string> { [key] = value })
            : throw NoSuchKey(key);

    private static Answer View(string name, IReadOnlyDictionary<string, string> pairs) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartObject(name);
                foreach (var (key, value) in pairs)
                    w.WriteString(key, value);
                w.WriteEndObject();
                w.WriteEndObject();
            }
        );

    private static Fault NoSuchKey(string key) => Fault.NotFound($"Metadata item was not found: {key}");
}
