namespace Pipeline.Drivers.Volume.Nbd;

/// <summary>Raw files, reached from other hosts by NBD: a server process for each attachment.</summary>
public sealed class NbdVolumeDriver : HostVolumeDriver
{
    public NbdVolumeDriver(VolumeOptions options, NbdOptions nbd, Command command, TimeProvider time)
        : this(options, nbd, new VolumeFolders(options.Root), new QemuImg(options.Binary, command), command, time) { }

    private NbdVolumeDriver(
        VolumeOptions options,
        NbdOptions nbd,
        VolumeFolders folders,
        QemuImg images,
        Command command,
        TimeProvider time
    )
        : base(
            options,
            new RawLayout(folders, images, command),
            new NbdWay(nbd, folders, new PortGuard(options, nbd, command), command, time),
            images
        ) { }

    public override string Name => "nbd";
}
