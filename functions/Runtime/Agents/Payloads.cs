using System.Security.Cryptography;
using System.Text;
using Pipeline.Runtime.Storage;

namespace Pipeline.Runtime.Agents;

/// <summary>Payloads too large for a queue, in the container `payloads`; each is named after its step and its host.</summary>
public sealed class Payloads(IBlobs blobs)
{
    public static string NameOf(HostId host, string activityId, int attempt)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{activityId}#{attempt}"));
        return $"{host}-{Convert.ToHexStringLower(hash.AsSpan(0, 16))}";
    }

    public async Task PutAsync(string name, byte[] payload, CancellationToken ct)
    {
        using var stream = new MemoryStream(payload, writable: false);
        await blobs.PutAsync(name, stream, ct: ct);
    }

    /// <summary>A host reads its own payloads alone.</summary>
    /// <exception cref="Fault">NotFound when there is none of this name for the host.</exception>
    public Task<Stream> OpenAsync(HostId host, string name, CancellationToken ct) =>
        name.StartsWith($"{host}-", StringComparison.Ordinal)
            ? blobs.OpenAsync(name, ct: ct)
            : throw Fault.NotFound("There is no such payload.");

    /// <summary>The step has been answered: its payload is not needed any more.</summary>
    public Task DeleteAsync(HostId host, string activityId, int attempt, CancellationToken ct) =>
        blobs.DeleteAsync(NameOf(host, activityId, attempt), ct);
}
