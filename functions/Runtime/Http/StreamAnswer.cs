using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Pipeline.Runtime;

internal sealed class StreamAnswer(int status, Stream body, long? length, string contentType) : Answer
{
    public override async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var source = body;
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = length;
        if (HttpMethods.IsHead(httpContext.Request.Method))
            return;
        SlowReader.Allow(httpContext);
        await source.CopyToAsync(response.Body, 1 << 16, httpContext.RequestAborted);
    }
}

internal sealed class LiveAnswer(int status, string contentType, Func<Stream, CancellationToken, Task> write) : Answer
{
    public override async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        if (HttpMethods.IsHead(httpContext.Request.Method))
            return;
        SlowReader.Allow(httpContext);
        await response.Body.FlushAsync(httpContext.RequestAborted); // the peer learns at once that it is connected
        await write(response.Body, httpContext.RequestAborted);
    }
}

/// <summary>A reader may be slow, but not stand still: what was written must be taken within a minute.</summary>
internal static class SlowReader
{
    private static readonly MinDataRate Patient = new(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromMinutes(1));

    public static void Allow(HttpContext context)
    {
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = Patient;
    }
}
