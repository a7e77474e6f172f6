namespace Pipeline.Drivers.Volume.Nfs;

/// <summary>Raw files, reached from other hosts by NFS: an export for each attachment, and one server for all.</summary>
public sealed class NfsVolumeDriver : HostVolumeDriver
{
    public NfsVolumeDriver(VolumeOptions options, NfsOptions nfs, Command command, TimeProvider time)
        : this(options, nfs, new VolumeFolders(options.Root), new QemuImg(options.Binary, command), command, time) { }

    private NfsVolumeDriver(
        VolumeOptions options,
        NfsOptions nfs,
        VolumeFolders folders,
        QemuImg images,
        Command command,
        TimeProvider time
    )
        : base(
            options,
            new RawLayout(folders, images, command),
            new NfsWay(nfs, folders, new NfsServer(options, nfs, command, time), command),
            images
        ) { }

    public override string Name => "nfs";
}
