using System.Net;

namespace Pipeline.Services.Tests.Runtime.Storage;

/// <summary>A storage service that answers as told, and remembers when it was asked what.</summary>
internal sealed class StubHandler(TimeProvider time, Func<int, CancellationToken, Task<HttpResponseMessage>> answer)
    : HttpMessageHandler
{
    public List<(DateTimeOffset At, HttpRequestMessage Request, byte[] Body)> Asked { get; } = [];

    public static Task<HttpResponseMessage> Status(int status, string? error = null)
    {
        var answer = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent([]) };
        if (error is not null)
            answer.Headers.Add("x-ms-error-code", error);
        return Task.FromResult(answer);
    }

    /// <summary>No answer before the caller gives up; then at once, on the caller's own stack.</summary>
    public static Task<HttpResponseMessage> Never(CancellationToken ct)
    {
        var never = new TaskCompletionSource<HttpResponseMessage>();
        ct.Register(() => never.TrySetCanceled(ct));
        return never.Task;
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        Asked.Add((time.GetUtcNow(), request, body));
        return await answer(Asked.Count, cancellationToken);
    }
}
