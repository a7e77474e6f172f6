using Pipeline.Benchmarks.Clouds;
using Pipeline.Benchmarks.Load;

namespace Pipeline.Benchmarks.Groups;

/// <summary>`GET /v3/auth/tokens`: what every other service of a cloud would ask for each of its requests.</summary>
internal static class TokenValidation
{
    public static IAsyncEnumerable<Figure> MeasureAsync(Bench bench) =>
        ComparedLoad.MeasureAsync(
            bench,
            "token.validate",
            _ => WireRequest.Of("GET", "/identity/v3/auth/tokens", 200, bench.Cloud.Demo.Token),
            WireRequest.Of("GET", "/row", 200)
        );
}
