using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Pipeline.Agent.BlockStorage;
using Pipeline.Agent.ControlPlane;
using Pipeline.Agent.Images;
using Pipeline.Agent.Metadata;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;
using Pipeline.Drivers;
using Pipeline.Drivers.Disk.Fake;
using Pipeline.Drivers.Disk.Qcow2;
using Pipeline.Drivers.Hypervisor.Fake;
using Pipeline.Drivers.Hypervisor.Qemu;
using Pipeline.Drivers.Network.Fake;
using Pipeline.Drivers.Network.LinuxBridge;
using Pipeline.Drivers.Router.Fake;
using Pipeline.Drivers.Router.LinuxRouter;
using Pipeline.Drivers.Volume.Fake;

namespace Pipeline.Agent.Edge;

/// <summary>Makes the host's drivers and looks at what the machine has, once, at start.</summary>
internal static class HostParts
{
    /// <exception cref="Fault">Unavailable with each driver's problem when one cannot work on this machine.</exception>
    public static async Task<(HostDrivers Drivers, HostInventory Inventory)> MakeAsync(
        AgentOptions options,
        AgentIdentity identity,
        IControlPlane control,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken ct
    )
    {
        var drivers = options.Fake ? Fake(options, identity.Cloud) : Real(options, identity, control, time, loggers);
        drivers = drivers with { BackupFolder = await BackupFolderAsync(options, identity.Cloud, ct) };
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        IDriver[] all =
        [
            drivers.Hypervisor,
            drivers.Disks,
            drivers.Network,
            drivers.Routers,
            .. drivers.Volumes.Values,
        ];
        foreach (var volumes in drivers.Volumes.Values)
            BackendOptions.RequireMinimum(volumes);
        facts[HostFactNames.Roles] = string.Join(',', options.Roles);
        facts[HostFactNames.NetworkDriver] = drivers.Network.Name;
        if (options.Underlay is { } underlay)
            facts[HostFactNames.Underlay] = underlay;
        if (options.Zone is { } zone)
            facts[HostFactNames.Zone] = zone;
        if (options.StorageAddress is { } storage)
            facts[HostFactNames.StorageAddress] = storage;
        if (drivers.BackupFolder is { } backups)
            facts[HostFactNames.BackupFolder] = $"{backups.Id}";
        if (!options.Fake && InitiatorName.Read() is { } initiator)
            facts[HostFactNames.Initiator] = initiator;
        var problems = new List<string>();
        foreach (var driver in all)
        {
            var report = await driver.ProbeAsync(ct);
            if (!report.Ready)
                problems.Add($"{driver.Name}: {report.Problem}");
            foreach (var (name, value) in report.Facts)
                facts[name] = value;
        }
        if (problems.Count > 0)
            throw new Fault(FaultCode.Unavailable, $"this host cannot work: {string.Join("; ", problems)}");
        var offer = options.Inventory ?? (options.Fake ? Large : Machine(options));
        foreach (var volumes in drivers.Volumes.Values.OfType<IVolumeExports>())
            await volumes.RestoreExportsAsync(ct);
        var inventory = new HostInventory(offer.Vcpus, offer.MemoryMib, offer.DiskGib, drivers.Hypervisor.Name, facts)
        {
            Backends = drivers.Volumes.Count > 0 ? await BackendOptions.ReportAsync(drivers.Volumes, ct) : null,
        };
        return (drivers, inventory);
    }

    private static HostDrivers Fake(AgentOptions options, string cloud)
    {
        var host = FakeHostFolder.Open(Path.Combine(options.Data, "metal"));
        return new(
            new FakeHypervisorDriver(host, cloud),
            new FakeDiskDriver(host, cloud),
            new FakeNetworkDriver(host, cloud),
            new FakeRouterDriver(host, cloud),
            new FakeImageCache(),
            new FakeGuestDocuments()
        )
        {
            Volumes = BackendsOf(options, _ => new FakeVolumeDriver(host, cloud)),
            Files = new FakeVolumeFiles(host),
        };
    }

    private static HostDrivers Real(
        AgentOptions options,
        AgentIdentity identity,
        IControlPlane control,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        var command = new Command(time);
        var vendorData = options.VendorData is { } file ? VendorData.Read(file) : null;
        new MetadataFolder(options.Data).RequireTokens(options.TokensRequired);
        var disks = new Qcow2DiskDriver(new(options.Data, identity.Cloud), command);
        return new(
            new QemuDriver(
                new(options.Data, identity.Cloud) { ReportsIoErrors = options.ReportsIoErrors },
                command,
                time
            ),
            disks,
            new LinuxBridgeDriver(
                new(identity.Cloud, options.Data)
                {
                    Host = options.Tag,
                    Underlay = options.Underlay,
                    UnderlayNamespace = options.UnderlayNamespace,
                    PhysicalNetworks = options.PhysicalNetworks,
                    HostAddresses = HostAddresses.Of(options),
                    Apis = HostAddresses.OfApis(options.Url),
                },
                command,
                time
            ),
            new LinuxRouterDriver(new(identity.Cloud) { Host = options.Tag }, command, time),
            new ImageCache(Path.Combine(options.Data, "images"), control.OpenImageAsync, disks),
            new GuestDocuments(options.Data, command, RandomNumberGenerator.GetBytes, time, vendorData)
        )
        {
            Volumes = BackendsOf(options, backend => backend.Make(options, identity.Cloud, command, time)),
            Files = options.Roles.Contains(HostFactNames.Storage)
                ? VolumeFiles.Open(Path.Combine(options.Data, "transit"))
                : null,
        };
    }

    private static async Task<IBackupFolder?> BackupFolderAsync(
        AgentOptions options,
        string cloud,
        CancellationToken ct
    ) =>
        options.BackupFolder is { } folder && options.Roles.Contains(HostFactNames.Storage)
            ? await BackupFolder.OpenAsync(
                folder,
                cloud,
                Path.Combine(options.Data, "backup-folder"),
                new(Guid.NewGuid()),
                ct
            )
            : null;

    private static SortedDictionary<string, IVolumeDriver> BackendsOf(
        AgentOptions options,
        Func<BackendOptions, IVolumeDriver> make
    ) =>
        new(
            options.Roles.Contains(HostFactNames.Storage)
                ? options.Backends.ToDictionary(b => b.Name, make)
                : new Dictionary<string, IVolumeDriver>(),
            StringComparer.Ordinal
        );

    private static Offer Machine(AgentOptions options)
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20;
        var disk = new DriveInfo(options.Data).AvailableFreeSpace >> 30;
        return new(Environment.ProcessorCount, (int)memory, (int)disk);
    }

    /// <summary>A fake host is large, so that load tests meet quotas and schedulers, not the machine.</summary>
    private static Offer Large { get; } = new(256, 1 << 20, 1 << 16);
}
