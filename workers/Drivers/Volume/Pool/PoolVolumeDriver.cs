namespace Pipeline.Drivers.Volume.Pool;

/// <summary>Raw files on a file system that shares blocks: snapshots and clones take milliseconds, of attached volumes too.</summary>
public sealed class PoolVolumeDriver : HostVolumeDriver
{
    public PoolVolumeDriver(VolumeOptions options, Command command)
        : this(options, new QemuImg(options.Binary, command), command) { }

    private PoolVolumeDriver(VolumeOptions options, QemuImg images, Command command)
        : this(options, new RawLayout(new VolumeFolders(options.Root), images, command), images) { }

    private PoolVolumeDriver(VolumeOptions options, RawLayout layout, QemuImg images)
        : base(options, layout, new FileWay(growsWhileOpen: true, layout.CutAsync), images) { }

    public override string Name => "pool";

    private protected override bool NeedsReflink => true;
}
