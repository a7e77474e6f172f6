using Microsoft.Extensions.DependencyInjection;
using Pipeline.BlockStorage.Quotas;

namespace Pipeline.BlockStorage;

/// <summary>Block storage: volumes, snapshots and what they are of, with Cinder's API.</summary>
public static class BlockStorageModule
{
    /// <summary>The service's type that clients know longest; its quotas are registered by it.</summary>
    internal const string ServiceType = "volumev3";
    private const string Path = "/volume/v3/$(project_id)s";

    public static IServiceCollection AddBlockStorage(this IServiceCollection services)
    {
        services.AddSingleton(new CatalogEntry(ServiceType, "cinderv3", Path));
        services.AddSingleton(new CatalogEntry("block-storage", "cinder", Path));
        services.AddSingleton(VolumeVersions.Table);
        foreach (var kind in VolumeQuotas.All)
            services.AddSingleton(kind);
        return services.AddFunctions(typeof(BlockStorageModule).Assembly);
    }
}
