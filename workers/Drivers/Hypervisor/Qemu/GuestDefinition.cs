using System.Text.Json.Serialization;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <summary>A guest as the host remembers it (`spec.json`): all of its spec but the config drive's secrets.</summary>
internal sealed record GuestDefinition(
    ServerId Id,
    string Cloud,
    string Name,
    int Vcpus,
    int MemoryMib,
    string? RootDisk,
    IReadOnlyList<GuestNic> Nics,
    bool HasConfigDrive
)
{
    /// <summary>Its volumes with their names; the passwords lie beside it.</summary>
    public IReadOnlyList<GuestVolume> Volumes { get; init; } = [];

    /// <summary>The volume whose place another is taking at this moment; null for none.</summary>
    public GuestVolume? Leaving { get; init; }

    public static GuestDefinition Of(GuestSpec spec) =>
        new(
            spec.Id,
            spec.Cloud,
            spec.Name,
            spec.Vcpus,
            spec.MemoryMib,
            spec.RootDisk,
            spec.Nics,
            spec.ConfigDrive is not null
        );
}

[JsonSerializable(typeof(GuestDefinition))]
internal sealed partial class GuestJson : JsonSerializerContext;
