using Pipeline.Compute.Servers;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Compute.Volumes;

/// <summary>Under which name a server gets one more volume. Pure.</summary>
internal static class VolumeNaming
{
    /// <summary>Disks of a guest, its own included.</summary>
    private const int Most = 26;

    /// <param name="wanted">As the client has it; null for the next that is free.</param>
    /// <param name="others">The volumes that the server has.</param>
    /// <exception cref="Fault">BadRequest for what is no name; Conflict when it is taken; Forbidden when there are too many.</exception>
    public static string NameOf(Server server, string? wanted, IReadOnlyCollection<ServerVolume> others)
    {
        HashSet<string> taken = [DiskNames.Boot, .. others.Select(v => v.Device)];
        if (server.ConfigDrive)
            taken.Add(DiskNames.ConfigDrive);
        if (wanted is null)
            return DiskNames.Next(taken)
                ?? throw Fault.Forbidden(
                    $"The maximum allowed number of disk devices ({Most}) to attach to a single instance has been exceeded."
                );
        var name = Plain(wanted);
        if (!DiskNames.IsName(name))
            throw Fault.BadRequest($"The supplied device path ({wanted}) is invalid.");
        return taken.Contains(name) ? throw Fault.Conflict($"The supplied device path ({wanted}) is in use.") : name;
    }

    /// <summary>Other buses' names stand for this one's: guests have virtio disks alone.</summary>
    private static string Plain(string name) =>
        name.StartsWith("/dev/sd", StringComparison.Ordinal) || name.StartsWith("/dev/hd", StringComparison.Ordinal)
            ? $"/dev/vd{name[7..]}"
        : name.StartsWith("/dev/xvd", StringComparison.Ordinal) ? $"/dev/vd{name[8..]}"
        : name;
}
