namespace Pipeline.Contracts.BlockStorage;

/// <summary>
/// Reads a volume into a file of the host, and sends that as the image's, which it then is. The file is gone afterwards, and
/// what has come already is not taken again.
/// </summary>
/// <param name="Format">`raw` or `qcow2`.</param>
public sealed record SendImage(HostId Host, string Backend, VolumeId VolumeId, ImageId ImageId, string Format)
    : IHostActivity<Done>;
