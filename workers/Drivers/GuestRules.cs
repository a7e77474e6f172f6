using System.Text.RegularExpressions;
using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers;

/// <summary>What every hypervisor driver refuses before it touches the host.</summary>
internal static partial class GuestRules
{
    /// <exception cref="Fault">BadRequest naming the field that is wrong.</exception>
    public static void Check(GuestSpec spec, string cloud)
    {
        Require(spec.Cloud == cloud, $"the guest is of cloud {spec.Cloud}, this host works for {cloud}");
        Require(spec.Vcpus is >= 1 and <= 255, $"a guest has 1 to 255 vcpus, not {spec.Vcpus}");
        Require(spec.MemoryMib >= 1, $"a guest's memory is at least 1 MiB, not {spec.MemoryMib}");
        var boots = (spec.Volumes ?? []).Count(GuestDisks.IsBootDisk) + (spec.RootDisk is null ? 0 : 1);
        Require(boots == 1, $"a guest boots from one disk, not from {boots}");
        Require(
            spec.RootDisk is null || Path.IsPathFullyQualified(spec.RootDisk),
            "a guest's root disk is named by its full path"
        );
        foreach (var volume in spec.Volumes ?? [])
            Check(volume);
        foreach (var nic in spec.Nics)
            Check(nic);
        foreach (var path in spec.ConfigDrive?.Keys ?? [])
            Require(IsInside(path), $"'{path}' does not name a file of a config drive");
    }

    /// <exception cref="Fault">BadRequest naming what is wrong.</exception>
    public static void Check(GuestVolume volume)
    {
        Require(volume.BootIndex is null or >= 0, $"a boot index counts from 0; {volume.BootIndex} does not");
        Require(volume.Device is null || DiskNames.IsName(volume.Device), $"'{volume.Device}' cannot name a disk");
        foreach (var (name, value) in volume.Limits ?? new Dictionary<string, long>())
            Require(LimitPattern().IsMatch(name) && value > 0, $"'{name}' of {value} does not limit a volume");
    }

    private static void Check(GuestNic nic)
    {
        Require(MacPattern().IsMatch(nic.Mac), $"port {nic.Port} has no valid MAC address: '{nic.Mac}'");
        Require(nic.Mtu is >= 68 and <= 65535, $"port {nic.Port} has an MTU of {nic.Mtu}, not 68 to 65535");
        Require(nic.Device is null || DevicePattern().IsMatch(nic.Device), $"'{nic.Device}' cannot name a device");
    }

    private static bool IsInside(string path) =>
        path.Split('/') is { Length: <= 7 } parts
        && parts.All(part => NamePattern().IsMatch(part) && part is not ("." or ".."));

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw Fault.BadRequest(message);
    }

    [GeneratedRegex(
        @"\A[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}\z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex MacPattern();

    // Cinder's front-end QoS specs, as libvirt's iotune has them.
    [GeneratedRegex(
        @"\A((total|read|write)_(bytes|iops)_sec(_max)?|size_iops_sec)\z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex LimitPattern();

    // Linux keeps 15 characters of a device's name (IFNAMSIZ).
    [GeneratedRegex(@"\A[\w.-]{1,15}\z", RegexOptions.ECMAScript, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DevicePattern();

    // 64 characters is what Joliet holds in a name.
    [GeneratedRegex(@"\A[\w.-]{1,64}\z", RegexOptions.ECMAScript, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamePattern();
}
