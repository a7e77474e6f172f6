using Microsoft.Extensions.DependencyInjection;

namespace Pipeline.BlockStorage;

/// <summary>Block storage: volumes, snapshots and what they are of, with Cinder's API.</summary>
public static class BlockStorageModule
{
    public static IServiceCollection AddBlockStorage(this IServiceCollection services)
    {
        services.AddSingleton(VolumeVersions.Table);
        return services.AddFunctions(typeof(BlockStorageModule).Assembly);
    }
}
