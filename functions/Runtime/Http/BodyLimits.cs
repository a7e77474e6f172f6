using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Pipeline.Runtime.Http;

/// <summary>Bounds the body before it is read: what is declared too large is refused while the client still listens.</summary>
internal sealed class BodyLimits(TimeProvider time)
{
    /// <summary>A body that is refused is read to its end up to this size: who still sends would lose the answer otherwise.</summary>
    private const long LongestPassedOver = 16 << 20;

    public static Fault TooLarge(long limit) =>
        new(FaultCode.TooLarge, $"The request body is larger than the limit of {limit} bytes.");

    /// <returns>What to dispose with the request; null for a body of the usual size.</returns>
    public IDisposable? Apply(HttpContext context, Route route)
    {
        if (route.BodyLimit > 0 && context.Request.ContentLength is { } length && length > route.BodyLimit)
        {
            PassOver(context, length);
            throw TooLarge(route.BodyLimit);
        }
        return route.BodyLimit == BodyLimitAttribute.Default ? null : Raise(context, route.BodyLimit);
    }

    /// <summary>The server reads what nobody has read when the answer is sent, for a few seconds.</summary>
    private static void PassOver(HttpContext context, long length)
    {
        if (
            length <= LongestPassedOver
            && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature
        )
            feature.MaxRequestBodySize = length;
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
