using Pipeline.BlockStorage.Backends;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Manageable;

/// <summary>What could be managed goes by two names: that of an extension, and since 3.8 that of a part of the API.</summary>
internal static class ManageableRoutes
{
    public const string Old = "volume/v3/os-volume-manage";
    public const string New = "volume/v3/manageable_volumes";

    /// <exception cref="Fault">NotFound to clients that cannot know the newer name.</exception>
    public static void Check(HttpRequest request, Microversion version)
    {
        if (request.Path.Value!.Contains("/manageable_", StringComparison.Ordinal))
            VolumeVersions.Require(version, VolumeVersions.Manageable);
    }

    /// <summary>The backend that an operator names, `host@backend`, with its pool or without.</summary>
    /// <exception cref="Fault">NotFound for one that its host does not offer.</exception>
    public static async ValueTask<BackendRow> BackendAsync(Tx tx, string named) =>
        (await tx.ListBackendsAsync()).FirstOrDefault(row => row.Offered && (row.Service == named || row.Pool == named))
        ?? throw Fault.NotFound($"Service {named} could not be found.");
}
