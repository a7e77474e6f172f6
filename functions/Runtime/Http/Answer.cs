using System.Text.Json.Serialization.Metadata;

namespace Pipeline.Runtime;

/// <summary>
/// A function's answers. They need nothing but the context: no Kestrel, no services, no other thread. Headers are sent
/// after the body is known to be whole, so a failure in between is an honest 500.
/// </summary>
public abstract class Answer : IResult
{
    private static readonly EmptyAnswer[] Empties =
    [
        .. Enumerable.Range(0, 600).Select(status => new EmptyAnswer(status)),
    ];

    public abstract Task ExecuteAsync(HttpContext httpContext);

    /// <summary>A JSON body; the type's metadata comes from a source-generated context.</summary>
    public static Answer Json<T>(int status, T value, JsonTypeInfo<T> type) => new JsonAnswer<T>(status, value, type);

    /// <summary>A JSON body that <paramref name="write"/> writes, from its first brace to its last.</summary>
    public static Answer Written(int status, Action<System.Text.Json.Utf8JsonWriter> write) =>
        new WrittenAnswer(status, write);

    /// <summary>A body rendered beforehand, as version documents are.</summary>
    public static Answer Bytes(int status, ReadOnlyMemory<byte> body, string contentType) =>
        new BytesAnswer(status, body, contentType);

    public static Answer Text(int status, string text, string contentType = "text/plain; charset=utf-8") =>
        new BytesAnswer(status, System.Text.Encoding.UTF8.GetBytes(text), contentType);

    public static Answer NoContent() => Empties[StatusCodes.Status204NoContent];

    public static Answer Empty(int status) => Empties[status];

    /// <param name="location">An absolute URL, or a path from the root.</param>
    public static Answer Redirect(string location, int status = StatusCodes.Status302Found) =>
        Empties[status].With("Location", location);

    /// <summary>A body of any length, never held in memory; the stream is disposed when it has been sent.</summary>
    /// <param name="length">In bytes; null sends it in chunks.</param>
    public static Answer Stream(int status, Stream body, long? length, string contentType) =>
        new StreamAnswer(status, body, length, contentType);

    /// <summary>A body written by <paramref name="write"/> for as long as it takes, as an agent's doorbell.</summary>
    public static Answer Live(int status, string contentType, Func<Stream, CancellationToken, Task> write) =>
        new LiveAnswer(status, contentType, write);

    /// <summary>The same answer with one header more.</summary>
    public Answer With(string header, string value) => new HeaderAnswer(this, header, value);
}
