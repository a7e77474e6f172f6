using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers;

/// <summary>What every disk driver refuses before it touches the host.</summary>
internal static class DiskRules
{
    /// <exception cref="Fault">BadRequest naming the field that is wrong.</exception>
    public static void Check(DiskSpec spec, string cloud)
    {
        if (spec.Cloud != cloud)
            throw Fault.BadRequest($"the disk is of cloud {spec.Cloud}, this host works for {cloud}");
        if (spec.Bytes < 0)
            throw Fault.BadRequest($"a disk cannot have {spec.Bytes} bytes");
    }

    /// <exception cref="Fault">BadRequest for a format that no driver here reads.</exception>
    public static void Check(CachedImage image)
    {
        if (image.Format is not ("raw" or "qcow2"))
            throw Fault.BadRequest($"disk format '{image.Format}' is not supported; raw and qcow2 are");
    }
}
