namespace Pipeline.Compute;

/// <summary>Nova's microversions: 2.1 is what every served route has by golden.</summary>
internal static class ComputeVersions
{
    public static Microversions Table { get; } = new(Api.Compute, new(2, 1), [], "X-OpenStack-Nova-API-Version");
}
