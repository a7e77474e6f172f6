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
        if (httpContext.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null; // a slow reader is no fault
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
        if (httpContext.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null; // it is silent while there is nothing to say
        await response.StartAsync(httpContext.RequestAborted); // the peer learns at once that it is connected
        await write(response.Body, httpContext.RequestAborted);
    }
}
