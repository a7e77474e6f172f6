using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Pipeline.Runtime.Http;

/// <summary>Bounds the body before it is read: what is declared too large is refused while the client still listens.</summary>
internal sealed class BodyLimits(TimeProvider time)
{
    public static Fault TooLarge(long limit) =>
        new(FaultCode.TooLarge, $"The request body is larger than the limit of {limit} bytes.");

    /// <returns>What to dispose with the request; null for a body of the usual size.</returns>
    public IDisposable? Apply(HttpContext context, Route route)
    {
        if (route.BodyLimit > 0 && context.Request.ContentLength > route.BodyLimit)
            throw TooLarge(route.BodyLimit);
        return route.BodyLimit == BodyLimitAttribute.Default ? null : Raise(context, route.BodyLimit);
    }

    private StallGuard Raise(HttpContext context, long bytes)
    {
        long? limit = bytes == 0 ? null : bytes;
        var feature = context.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (feature is { IsReadOnly: false })
            feature.MaxRequestBodySize = limit;
        else if (feature is null) // a context made by hand, in process
            context.Features.Set<IHttpMaxRequestBodySizeFeature>(new BodySize { MaxRequestBodySize = limit });
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null; // an upload may be slow
        var guarded = new StallGuard(context.Request.Body, time, StallGuard.Patience);
        context.Request.Body = guarded;
        return guarded;
    }

    private sealed class BodySize : IHttpMaxRequestBodySizeFeature
    {
        public bool IsReadOnly => false;

        public long? MaxRequestBodySize { get; set; }
    }
}
