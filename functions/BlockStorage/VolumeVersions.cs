namespace Pipeline.BlockStorage;

/// <summary>Cinder's microversions: 3.0 is what every served route has by golden.</summary>
internal static class VolumeVersions
{
    public static Microversions Table { get; } = new(Api.Volume, new(3, 0), []);
}
