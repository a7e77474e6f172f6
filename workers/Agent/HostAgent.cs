using Microsoft.Extensions.Logging;
using Pipeline.Agent.BlockStorage;
using Pipeline.Agent.Compute;
using Pipeline.Agent.ControlPlane;
using Pipeline.Agent.Images;
using Pipeline.Agent.Ledger;
using Pipeline.Agent.Metadata;
using Pipeline.Agent.Network;
using Pipeline.Agent.Steps;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Agent;

/// <summary>The drivers a host works with, chosen by configuration.</summary>
internal sealed record HostDrivers(
    IHypervisorDriver Hypervisor,
    IDiskDriver Disks,
    INetworkDriver Network,
    IRouterDriver Routers,
    IImageCache Images,
    IGuestDocuments Documents
)
{
    /// <summary>Volume backends by their names here; none on a host that is not for storage.</summary>
    public IReadOnlyDictionary<string, IVolumeDriver> Volumes { get; init; } = new Dictionary<string, IVolumeDriver>();

    /// <summary>Where what volumes hold lies on its way; null on a host that is not for storage.</summary>
    public IVolumeFiles? Files { get; init; }

    /// <summary>Where backups of its volumes are kept as files; null for the cloud's store.</summary>
    public IBackupFolder? BackupFolder { get; init; }
}

/// <summary>One host's agent, put together from its parts; it runs until it is stopped and leaves guests and networks as they are.</summary>
internal sealed class HostAgent
{
    private readonly HostLoop loop;
    private readonly HostLink link;
    private readonly GuestWatcher watcher;
    private readonly PasswordReporter passwords;
    private readonly NetworkKeeper keeper;
    private readonly StorageKeeper storage;

    public HostAgent(
        AgentIdentity identity,
        IControlPlane control,
        IHostMessages messages,
        IJournalFile journal,
        HostDrivers drivers,
        HostInventory inventory,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        var memory = new Journal(journal, time);
        var turn = new NetworkTurn();
        var steps = StepsOf(drivers, turn, control).AddQuery(new ListHoldingsHandler(drivers, memory));
        var runner = new StepRunner(identity, memory, steps, time, loggers.CreateLogger<StepRunner>());
        loop = new(identity, messages, control, runner, time, loggers.CreateLogger<HostLoop>());
        var asks = new HostAsks(
            drivers.Hypervisor,
            new VolumeBackends(drivers.Volumes),
            new(control, drivers.BackupFolder)
        );
        var backends = inventory.Backends ?? [];
        storage = new(drivers.Volumes, backends, control, time, loggers.CreateLogger<StorageKeeper>());
        HostInventory Inventory() =>
            inventory.Backends is null ? inventory : inventory with { Backends = storage.Told };
        link = new(control, loop, runner, asks, Inventory, time, loggers.CreateLogger<HostLink>());
        passwords = new(drivers.Documents, control, time, loggers.CreateLogger<PasswordReporter>());
        keeper = new(
            turn,
            drivers.Network,
            drivers.Routers,
            drivers.Documents,
            time,
            loggers.CreateLogger<NetworkKeeper>()
        );
        watcher = new(drivers.Hypervisor, control, time, loggers.CreateLogger<GuestWatcher>());
    }

    public Task RunAsync(CancellationToken ct) =>
        Task.WhenAll(
            keeper.RunAsync(ct), // first, so that what a reboot took is there again before an order asks for it
            storage.RunAsync(ct),
            loop.RunAsync(ct),
            link.RunAsync(ct),
            watcher.RunAsync(ct),
            passwords.RunAsync(ct)
        );

    private static StepSet StepsOf(HostDrivers drivers, NetworkTurn turn, IControlPlane control)
    {
        var backends = new VolumeBackends(drivers.Volumes);
        var places = new BackupPlaces(control, drivers.BackupFolder);
        var steps = new StepSet();
        if (drivers.Files is { } files)
            steps
                .Add(new SendImageHandler(backends, files, control))
                .Add(new ReadBackupHandler(backends, files, places))
                .Add(new WriteBackupHandler(backends, files, places));
        return steps
            .Add(new CreateDisksHandler(drivers.Disks))
            .Add(new WriteImageHandler(drivers.Disks, drivers.Images))
            .Add(new DeleteDisksHandler(drivers.Disks, drivers.Images))
            .Add(new StartGuestHandler(drivers.Hypervisor, drivers.Disks, drivers.Documents))
            .Add(new DestroyGuestHandler(drivers.Hypervisor, drivers.Documents))
            .Add(new PowerOnGuestHandler(drivers.Hypervisor))
            .Add(new PowerOffGuestHandler(drivers.Hypervisor))
            .Add(new PlugVolumeHandler(drivers.Hypervisor))
            .Add(new UnplugVolumeHandler(drivers.Hypervisor))
            .Add(new GrowPluggedVolumeHandler(drivers.Hypervisor))
            .Add(new MirrorVolumeHandler(drivers.Hypervisor))
            .Add(new StopMirrorHandler(drivers.Hypervisor))
            .Add(new PivotVolumeHandler(drivers.Hypervisor))
            .Add(new PlugPortsHandler(turn, drivers.Network, drivers.Documents))
            .Add(new UnplugPortsHandler(turn, drivers.Network, drivers.Documents))
            .Add(new RefreshPortsHandler(turn, drivers.Network, drivers.Documents))
            .Add(new EnsureRouterHandler(turn, drivers.Network, drivers.Routers, drivers.Documents))
            .Add(new RemoveRouterHandler(turn, drivers.Network, drivers.Routers, drivers.Documents))
            .Add(new EvictImageHandler(drivers.Images, backends))
            .Add(new MakeVolumeHandler(backends))
            .Add(new FillVolumeHandler(backends, drivers.Images))
            .Add(new GrowVolumeHandler(backends))
            .Add(new RevertVolumeHandler(backends))
            .Add(new LookAtUnmanagedHandler(backends))
            .Add(new AdoptVolumeHandler(backends))
            .Add(new ReleaseVolumeHandler(backends))
            .Add(new RemoveVolumeHandler(backends))
            .Add(new KeepSnapshotHandler(backends))
            .Add(new DropSnapshotHandler(backends))
            .Add(new OpenExportHandler(backends))
            .Add(new CloseExportHandler(backends))
            .Add(new RemoveBackupHandler(places));
    }
}
