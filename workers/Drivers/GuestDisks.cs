using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers;

/// <summary>How the disks of a guest are named, with every hypervisor driver. Pure.</summary>
internal static class GuestDisks
{
    // Slots of the machine's bus; two are the chipset's, three the entropy source's, the balloon's and the channels'.
    private const int Slots = 32 - 2 - 3;

    /// <summary>A volume's name among the guest's disks: the one that is wanted, or the next that is free.</summary>
    /// <param name="others">The volumes that the guest has.</param>
    /// <exception cref="Fault">Conflict when the name is taken, or no slot is free.</exception>
    public static string NameOf(
        GuestVolume volume,
        bool hasRootDisk,
        bool hasConfigDrive,
        int nics,
        IReadOnlyCollection<GuestVolume> others
    )
    {
        HashSet<string> taken = [.. others.Select(other => other.Device!)];
        if (hasRootDisk || !IsBootDisk(volume))
            taken.Add(DiskNames.Boot);
        if (hasConfigDrive)
            taken.Add(DiskNames.ConfigDrive);
        var own = (hasRootDisk ? 1 : 0) + (hasConfigDrive ? 1 : 0) + nics;
        if (own + others.Count >= Slots)
            throw Fault.Conflict($"the guest has {others.Count} volumes, and no slot is free for one more");
        if (volume.Device is { } wanted)
            return taken.Contains(wanted) ? throw Fault.Conflict($"the guest has a disk {wanted} already") : wanted;
        return DiskNames.Next(taken) ?? throw Fault.Conflict("the guest has no name left for one more disk");
    }

    /// <summary>Names the volumes that a guest starts with, one after the other.</summary>
    /// <param name="known">Those that it was given before: they stay, with their names.</param>
    /// <exception cref="Fault">Conflict.</exception>
    public static IReadOnlyList<GuestVolume> Name(GuestSpec spec, IReadOnlyList<GuestVolume> known)
    {
        List<GuestVolume> named = [.. known];
        // Names that are asked for are given before any that is free.
        foreach (var volume in (spec.Volumes ?? []).OrderBy(volume => volume.Device is null))
            if (named.All(other => other.Attachment != volume.Attachment))
                named.Add(
                    volume with
                    {
                        Device = NameOf(
                            volume,
                            spec.RootDisk is not null,
                            spec.ConfigDrive is not null,
                            spec.Nics.Count,
                            named
                        ),
                    }
                );
        return named;
    }

    /// <summary>A volume that takes another's place has its device, its name and its rank.</summary>
    public static GuestVolume InPlaceOf(GuestVolume leaving, GuestVolume next) =>
        next with
        {
            Device = leaving.Device,
            BootIndex = leaving.BootIndex,
            Seat = leaving.Seat ?? leaving.Attachment,
        };

    public static bool IsBootDisk(GuestVolume volume) => volume.BootIndex == 0;
}
