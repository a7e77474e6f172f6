using System.Net;
using System.Text.RegularExpressions;
using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers;

/// <summary>What every volume driver refuses, the fake included.</summary>
public static partial class VolumeRules
{
    private const long Gib = 1L << 30;

    /// <exception cref="Fault">BadRequest.</exception>
    public static void Check(VolumeSpec spec, string cloud)
    {
        if (spec.Cloud != cloud)
            throw Fault.BadRequest($"the volume is of cloud {spec.Cloud}, this host works for {cloud}");
        CheckSize(spec.Bytes);
        if (spec.Source?.Volume == spec.Id)
            throw Fault.BadRequest($"volume {spec.Id} cannot be made of itself");
    }

    /// <exception cref="Fault">BadRequest.</exception>
    public static void CheckSize(long bytes)
    {
        if (bytes <= 0 || bytes % Gib != 0)
            throw Fault.BadRequest($"a volume has whole GiB, not {bytes} bytes");
    }

    /// <exception cref="Fault">BadRequest.</exception>
    public static void CheckHolds(VolumeSpec spec, long source)
    {
        if (spec.Bytes < source)
            throw Fault.BadRequest($"a volume of {spec.Bytes} bytes cannot hold its source, which has {source}");
    }

    /// <exception cref="Fault">BadRequest for a format that no driver here writes.</exception>
    public static void CheckFormat(string format)
    {
        if (format is not ("raw" or "qcow2"))
            throw Fault.BadRequest($"disk format '{format}' is not supported; raw and qcow2 are");
    }

    /// <exception cref="Fault">BadRequest.</exception>
    public static void CheckImage(CachedImage image, long imageBytes, long volumeBytes)
    {
        if (imageBytes > volumeBytes)
            throw Fault.BadRequest(
                $"image {image.Id} needs a volume of {imageBytes} bytes; this one has {volumeBytes}"
            );
    }

    /// <summary>The address from which the host of a guest comes; its own is the backend's when it is the same host.</summary>
    /// <exception cref="Fault">BadRequest.</exception>
    public static string AddressOf(HostConnector connector, string own)
    {
        if (connector.Address is not { } text)
            return own;
        if (
            !IPAddress.TryParse(text, out var address)
            || address.ToString() != text
            || address.AddressFamily != IPAddress.Parse(own).AddressFamily
        )
            throw Fault.BadRequest($"'{text}' is not an address from which {own} can be reached");
        return text;
    }

    /// <returns>What is wrong with the address under which a storage host is reached; null when nothing.</returns>
    public static string? ProblemOf(string address) =>
        IPAddress.TryParse(address, out var parsed)
        && !parsed.Equals(IPAddress.Any)
        && !parsed.Equals(IPAddress.IPv6Any)
            ? null
            : $"'{address}' is not an address under which the hosts of guests can reach this one";

    public static Fault NoVolume(VolumeId id) => Fault.NotFound($"volume {id} is not on this backend");

    public static Fault NoSnapshot(SnapshotId id) => Fault.NotFound($"snapshot {id} is not on this backend");

    public static Fault Exported(VolumeId id, string what) =>
        Fault.Conflict($"volume {id} is attached: {what}; detach it first");

    public static Fault HasSnapshots(VolumeId id, int count) =>
        Fault.Conflict($"volume {id} has {count} snapshots; delete them first");

    /// <summary>Whether something that is not managed can have the name.</summary>
    public static bool IsName(string name) => Name().IsMatch(name);

    /// <exception cref="Fault">BadRequest.</exception>
    public static void CheckName(string name)
    {
        if (!IsName(name))
            throw Fault.BadRequest(
                $"'{name}' is no name: up to 200 letters, digits, dots, hyphens and underscores are"
            );
    }

    /// <summary>Whether a volume of the size can be made of it.</summary>
    /// <exception cref="Fault">BadRequest.</exception>
    public static void CheckFit(UnmanagedVolume found, long bytes)
    {
        if (found.Unfit is { } why)
            throw Fault.BadRequest($"'{found.Name}' cannot become a volume: {why}");
        if (found.Bytes > bytes)
            throw Fault.BadRequest($"'{found.Name}' has {found.Bytes} bytes, more than a volume of {bytes}");
    }

    public static Fault NoUnmanaged(string name) => Fault.NotFound($"nothing on this backend is called '{name}'");

    /// <summary>The name, or with a number behind it the first one that nothing has.</summary>
    public static string NewName(string name, Func<string, bool> isTaken)
    {
        var (free, number) = (name, 0);
        while (isTaken(free))
            free = $"{name}.{++number}";
        return free;
    }

    public static Fault IsHeld(VolumeId id) =>
        Fault.Conflict($"volume {id} is attached elsewhere, and this backend serves one attachment of a volume");

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
