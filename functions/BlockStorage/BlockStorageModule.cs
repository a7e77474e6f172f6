using Microsoft.Extensions.DependencyInjection;
using Pipeline.BlockStorage.Attachments;
using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Backups;
using Pipeline.BlockStorage.Quotas;
using Pipeline.BlockStorage.Snapshots;
using Pipeline.BlockStorage.Sweeps;
using Pipeline.BlockStorage.Volumes;
using Pipeline.BlockStorage.Volumes.Actions;
using Pipeline.BlockStorage.Zones;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Hosts;
using Pipeline.Durable.Hub;

namespace Pipeline.BlockStorage;

/// <summary>
/// Block storage: volumes, snapshots, backups and what they are of, with Cinder's API. The composition root adds a
/// <see cref="BackupBlobs"/>.
/// </summary>
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
        services.AddSingleton(new VolumeWeighers());
        services.AddSingleton(new ZoneRules());
        services.AddSingleton(new DurableAssembly(typeof(BlockStorageModule).Assembly, BlockStorageJson.Default));
        services.AddSingleton<IHostReports, BackendReports>();
        services.AddSingleton<ILedger, VolumeLedger>();
        services.AddSingleton<IProjectHoldings, ProjectBackups>();
        services.AddSingleton<IProjectHoldings, ProjectVolumes>();
        services.AddSingleton<VolumeIntake>();
        services.AddSingleton<IVolumes, VolumeClaims>();
        services.AddSingleton<VolumeOperations>();
        services.AddSingleton<VolumeIntake>();
        services.AddSingleton<BackupOperations>();
        services.AddSingleton<BackupFolders>();
        services.AddSingleton<SnapshotOperations>();
        services.AddSingleton<AttachmentOperations>();
        services.AddSingleton<IVolumeAction, ExtendAction>();
        services.AddSingleton<IVolumeAction, RevertAction>();
        services.AddSingleton<IVolumeAction, RetypeAction>();
        services.AddSingleton<IVolumeAction, MigrateAction>();
        services.AddSingleton<IVolumeAction, UnmanageAction>();
        services.AddSingleton<IVolumeAction, UploadImageAction>();
        services.AddSingleton<IVolumeAction, ForceDeleteAction>();
        services.AddSingleton<IVolumeAction, ResetStatusAction>();
        services.AddSingleton<IVolumeAction, SetBootableAction>();
        services.AddSingleton<IVolumeAction, UpdateReadonlyAction>();
        services.AddSingleton<IVolumeAction, ShowImageMetadataAction>();
        services.AddSingleton<IVolumeAction, SetImageMetadataAction>();
        services.AddSingleton<IVolumeAction, UnsetImageMetadataAction>();
        services.AddSingleton<IVolumeAction, ReserveAction>();
        services.AddSingleton<IVolumeAction, UnreserveAction>();
        services.AddSingleton<IVolumeAction, BeginDetachingAction>();
        services.AddSingleton<IVolumeAction, RollDetachingAction>();
        services.AddSingleton<IVolumeAction, AttachAction>();
        services.AddSingleton<IVolumeAction, DetachAction>();
        services.AddSingleton<IVolumeAction, InitializeConnectionAction>();
        services.AddSingleton<IVolumeAction, TerminateConnectionAction>();
        services.AddSingleton<IVolumeAction, ForceDetachAction>();
        foreach (var kind in VolumeQuotas.All)
            services.AddSingleton(kind);
        return services.AddFunctions(typeof(BlockStorageModule).Assembly);
    }
}
