using Pipeline.Runtime.Storage;

namespace Pipeline.Services.Tests.Runtime.Storage;

/// <summary>The real connection, with a fault at will: on the way there, or on the way back.</summary>
internal sealed class TamperingHandler : DelegatingHandler
{
    public TamperingHandler()
        : base(StorageTransport.NewHandler(StorageClientOptions.Default)) { }

    public Func<HttpRequestMessage, bool> LosesAnswer { get; set; } = _ => false;

    public Func<HttpRequestMessage, bool> CutsRequest { get; set; } = _ => false;

    /// <summary>After so many bytes of an answer's body the connection breaks; null for none.</summary>
    public Func<HttpRequestMessage, int?> CutsAnswer { get; set; } = _ => null;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        if (CutsRequest(request))
            request.Content = new HalfContent(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
        var answer = await base.SendAsync(request, cancellationToken);
        if (LosesAnswer(request))
        {
            answer.Dispose();
            throw new HttpRequestException("The answer is lost.");
        }
        if (CutsAnswer(request) is { } bytes)
        {
            var whole = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            answer.Content = new StreamContent(
                new TrickleStream(whole.AsMemory(0, Math.Min(bytes, whole.Length)), breaksOff: true)
            );
            answer.Content.Headers.ContentLength = whole.Length;
        }
        return answer;
    }

    private sealed class HalfContent(byte[] whole) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await stream.WriteAsync(whole.AsMemory(0, whole.Length / 2));
            await stream.FlushAsync();
            throw new IOException("The connection is cut.");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = whole.Length;
            return true;
        }
    }
}
