using System.Text;
using Pipeline.Contracts;

namespace Pipeline.Runtime.Storage;

/// <summary>One REST call, as data: it is made into a fresh, freshly signed message for every attempt.</summary>
/// <param name="What">What is being done, for a fault's reader: never a query string, which may hold a signature.</param>
internal sealed record StorageRequest(HttpMethod Method, Uri Resource, string What)
{
    private const string ServiceVersion = "2021-12-02";

    public (string Name, string Value)[] Query { get; init; } = [];

    /// <summary>Only `x-ms-` headers, in lower case.</summary>
    public (string Name, string Value)[] Headers { get; init; } = [];

    public ReadOnlyMemory<byte> Body { get; init; }

    public string? ContentType { get; init; }

    public string? IfMatch { get; init; }

    public string? IfNoneMatch { get; init; }

    /// <summary>A fault that is an answer like another to this request.</summary>
    public FaultCode? Expected { get; init; }

    /// <summary>Bounds one attempt; the transport's own bound when null.</summary>
    public TimeSpan? Timeout { get; init; }

    public HttpRequestMessage ToMessage(StorageAccess access, DateTimeOffset now)
    {
        var message = new HttpRequestMessage(Method, new Uri(Address(access.Sas)));
        (string Name, string Value)[] headers =
        [
            .. Headers,
            ("x-ms-date", now.ToString("r")),
            ("x-ms-version", ServiceVersion),
        ];
        foreach (var (name, value) in headers)
            message.Headers.TryAddWithoutValidation(name, value);
        if (access.Key is { } key)
            message.Headers.TryAddWithoutValidation("Authorization", key.Authorization(this, headers));
        if (IfMatch is not null)
            message.Headers.TryAddWithoutValidation("If-Match", IfMatch);
        if (IfNoneMatch is not null)
            message.Headers.TryAddWithoutValidation("If-None-Match", IfNoneMatch);
        if (Body.Length > 0)
            message.Content = new ReadOnlyMemoryContent(Body);
        if (ContentType is not null)
            message.Content?.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        return message;
    }

    private string Address(string? sas)
    {
        var address = new StringBuilder(Resource.AbsoluteUri);
        var separator = '?';
        foreach (var (name, value) in Query)
        {
            address.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }
        return sas is null ? address.ToString() : address.Append(separator).Append(sas).ToString();
    }
}
