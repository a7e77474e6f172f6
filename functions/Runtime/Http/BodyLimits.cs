using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Pipeline.Runtime.Http;

/// <summary>Bounds the body before it is read: what is declared too large is refused while the client still listens.</summary>
internal static class BodyLimits
{
    public static void Apply(HttpContext context, Route route)
    {
        if (route.BodyLimit == BodyLimitAttribute.Default)
        {
            Refuse(context, route.BodyLimit);
            return;
        }
        long? limit = route.BodyLimit == 0 ? null : route.BodyLimit;
        var feature = context.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (feature is { IsReadOnly: false })
            feature.MaxRequestBodySize = limit;
        else if (feature is null)
            context.Features.Set<IHttpMaxRequestBodySizeFeature>(new BodySize { MaxRequestBodySize = limit });
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null; // an upload may be slow; its stalls are bounded by its reader
        if (limit is { } bytes)
            Refuse(context, bytes);
    }

    public static Fault TooLarge(long limit) =>
        new(FaultCode.TooLarge, $"The request body is larger than the limit of {limit} bytes.");

    private static void Refuse(HttpContext context, long limit)
    {
        if (context.Request.ContentLength > limit)
            throw TooLarge(limit);
    }

    private sealed class BodySize : IHttpMaxRequestBodySizeFeature
    {
        public bool IsReadOnly => false;

        public long? MaxRequestBodySize { get; set; }
    }
}
