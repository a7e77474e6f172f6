namespace Pipeline.Drivers.Volume.Qcow2;

/// <summary>Volumes as thin qcow2 files in a folder, for guests of the same host; any file system will do.</summary>
public sealed class Qcow2VolumeDriver : HostVolumeDriver
{
    public Qcow2VolumeDriver(VolumeOptions options, Command command)
        : this(options, new VolumeFolders(options.Root), new QemuImg(options.Binary, command)) { }

    private Qcow2VolumeDriver(VolumeOptions options, VolumeFolders folders, QemuImg images)
        : base(options, new LayerLayout(folders, images), new FileWay(growsWhileOpen: false, cut: null), images) { }

    public override string Name => "file";
}
