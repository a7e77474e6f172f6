using System.Text.Json;

namespace Pipeline.Agent.Metadata;

/// <summary>What the operator tells all guests of this host, from a file: Nova's static vendor data.</summary>
internal static class VendorData
{
    private const int Limit = 64 * 1024;

    /// <summary>The file's bytes, as guests get them.</summary>
    /// <exception cref="Fault">BadRequest when it cannot be read, is over 64 KiB, or is no JSON object.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            var bytes = new FileInfo(path).Length <= Limit ? File.ReadAllBytes(path) : [];
            return JsonElement.Parse(bytes).ValueKind == JsonValueKind.Object ? bytes : throw Refused(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or JsonException)
        {
            throw Refused(path);
        }
    }

    private static Fault Refused(string path) =>
        Fault.BadRequest($"--vendor-data '{path}' is not a file of one JSON object of at most 64 KiB");
}
