namespace Pipeline.BlockStorage.Transfers;

/// <summary>Offers go by two names: that of an extension, and since 3.55 that of a part of the API.</summary>
internal static class TransferRoutes
{
    public const string Old = "volume/v3/os-volume-transfer";
    public const string New = "volume/v3/volume-transfers";

    /// <exception cref="Fault">NotFound to clients that cannot know the newer name.</exception>
    public static void Check(HttpRequest request, Microversion version)
    {
        if (IsNew(request))
            VolumeVersions.Require(version, VolumeVersions.TransferSnapshots);
    }

    public static bool IsNew(HttpRequest request) =>
        request.Path.Value!.Contains("/volume-transfers", StringComparison.Ordinal);
}
