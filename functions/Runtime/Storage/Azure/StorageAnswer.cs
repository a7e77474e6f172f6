using System.Net;

namespace Pipeline.Runtime.Storage;

/// <summary>An answer with its body read.</summary>
internal sealed class StorageAnswer(HttpResponseMessage answer, byte[] body)
{
    public HttpStatusCode Status => answer.StatusCode;

    public byte[] Body => body;

    public string? Header(string name) => HeaderOf(answer, name);

    public static async Task<StorageAnswer> ReadAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        using (answer) // its headers stay readable
            return new StorageAnswer(answer, await answer.Content.ReadAsByteArrayAsync(ct));
    }

    public static string? HeaderOf(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values)
            ? values.First()
            : null;
}
