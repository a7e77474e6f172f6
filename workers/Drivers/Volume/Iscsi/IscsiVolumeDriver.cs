namespace Pipeline.Drivers.Volume.Iscsi;

/// <summary>Raw files, reached from other hosts by iSCSI: a target for each attachment, with its password.</summary>
public sealed class IscsiVolumeDriver : HostVolumeDriver
{
    public IscsiVolumeDriver(VolumeOptions options, IscsiOptions iscsi, Command command, TimeProvider time)
        : this(options, iscsi, new VolumeFolders(options.Root), new QemuImg(options.Binary, command), command, time) { }

    private IscsiVolumeDriver(
        VolumeOptions options,
        IscsiOptions iscsi,
        VolumeFolders folders,
        QemuImg images,
        Command command,
        TimeProvider time
    )
        : this(options, iscsi, folders, new RawLayout(folders, images, command), images, command, time) { }

    private IscsiVolumeDriver(
        VolumeOptions options,
        IscsiOptions iscsi,
        VolumeFolders folders,
        RawLayout layout,
        QemuImg images,
        Command command,
        TimeProvider time
    )
        : base(
            options,
            layout,
            new IscsiWay(iscsi, folders, layout, new TargetServer(options, iscsi, command, time)),
            images
        ) { }

    public override string Name => "iscsi";
}
