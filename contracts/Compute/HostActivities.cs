using System.Text.Json.Serialization;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Image;

namespace Pipeline.Contracts.Compute;

/// <summary>Reserves the root disk's place. 0 GiB takes the image's own size.</summary>
public sealed record CreateDisks(HostId Host, ServerId ServerId, int DiskGib) : IHostActivity<Done>;

public sealed record DeleteDisks(HostId Host, ServerId ServerId) : IHostActivity<Done>;

/// <summary>Fetches the image into the host's cache unless it is there, and stands the root disk on it.</summary>
public sealed record WriteImage(HostId Host, ServerId ServerId, int DiskGib, ImageRef Image) : IHostActivity<Done>;

/// <summary>Defines the guest and runs it, with its config drive and its documents for the metadata service.</summary>
public sealed record StartGuest(HostId Host, GuestOrder Guest) : IHostActivity<Done>
{
    [JsonIgnore]
    public IEnumerable<SecretId> Secrets =>
        new[] { Guest.UserData, Guest.AdminPassword }
            .Concat((Guest.Volumes ?? []).Select(volume => volume.Secret))
            .Where(s => s is not null)
            .Select(s => s!.Value);
}

/// <param name="UserData">Secret: the user data's bytes.</param>
/// <param name="AdminPassword">Secret: the password answered once at create.</param>
public sealed record GuestOrder(
    ServerId Id,
    ProjectId Project,
    string Name,
    string HostName,
    int Vcpus,
    int MemoryMib,
    IReadOnlyList<GuestNic> Nics,
    IReadOnlyList<HostNetwork> Networks,
    IReadOnlyList<HostPort> Ports,
    IReadOnlyList<GuestKey> Keys,
    IReadOnlyDictionary<string, string> Metadata,
    string AvailabilityZone,
    bool ConfigDrive,
    SecretId? UserData,
    SecretId? AdminPassword
)
{
    /// <summary>Volumes that it starts with; one with the boot index 0 stands for a root disk. Null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<VolumeOfGuest>? Volumes { get; init; }
}

public sealed record GuestKey(string Name, string Type, string PublicKey);

/// <summary>Removes the guest and its metadata documents. Absent is success.</summary>
public sealed record DestroyGuest(HostId Host, ServerId ServerId) : IHostActivity<Done>;

public sealed record PowerOnGuest(HostId Host, ServerId ServerId) : IHostActivity<Done>;

/// <summary>Asks the guest to power off; after the grace (zero: at once) the plug is pulled.</summary>
public sealed record PowerOffGuest(HostId Host, ServerId ServerId, TimeSpan Grace) : IHostActivity<Done>;

/// <summary>The question `console` over the agent's connection; its answer is <see cref="ConsoleText"/>.</summary>
public sealed record ReadConsole(ServerId ServerId);

public sealed record ConsoleText(string Output);

/// <summary>What a guest has told of its password, encrypted by itself for its user.</summary>
public sealed record GuestPassword(string Password)
{
    /// <summary>Bytes of UTF-8.</summary>
    public const int Limit = 255;
}

/// <summary>Shows of the servers on a host what their guests do, as a sweep has listed them: one that ended by itself is off.</summary>
/// <param name="Asked">When the host was asked; a server that was operated on since is left for the next sweep.</param>
public sealed record SyncPowerStates(HostId Host, DateTimeOffset Asked, IReadOnlyList<GuestStatus> Guests)
    : IActivity<PowerSync>;

/// <param name="Unsettled">Servers that do not fit their guests, but were being operated on.</param>
public sealed record PowerSync(int Unsettled);

/// <summary>Gives a guest a disk that is a volume, whether it runs or is off. The result names the device.</summary>
public sealed record PlugVolume(HostId Host, ServerId ServerId, VolumeOfGuest Volume) : IHostActivity<PluggedVolume>
{
    [JsonIgnore]
    public IEnumerable<SecretId> Secrets => Volume.Secret is { } secret ? [secret] : [];
}

/// <param name="Device">Its name in the guest, as `/dev/vdb`: what was asked for, or the next that is free.</param>
public sealed record PluggedVolume(string Device);

/// <summary>Takes the disk from the guest, which is asked first. Absent, or no such guest, is success.</summary>
/// <remarks>Conflict while a running guest does not let go of it: the engine asks again.</remarks>
public sealed record UnplugVolume(HostId Host, ServerId ServerId, AttachmentId AttachmentId) : IHostActivity<Done>;

/// <summary>Tells a running guest that its disk has grown. No such disk is success.</summary>
public sealed record GrowPluggedVolume(HostId Host, ServerId ServerId, AttachmentId AttachmentId, long Gib)
    : IHostActivity<Done>;

/// <summary>Copies a running guest's disk to the volume that is to take its place, and keeps both alike from then on.</summary>
/// <remarks>
/// Unavailable while it copies: the engine looks in again. Conflict when the guest is off, or has no such disk. A guest that was off
/// meanwhile begins again. Its undo is <see cref="StopMirror"/>.
/// </remarks>
public sealed record MirrorVolume(HostId Host, ServerId ServerId, AttachmentId Old, VolumeOfGuest Next)
    : IHostActivity<Done>
{
    [JsonIgnore]
    public IEnumerable<SecretId> Secrets => Next.Secret is { } secret ? [secret] : [];
}

/// <summary>Ends the copying, and takes the volume that was copied to from the guest's host. Absent is success.</summary>
public sealed record StopMirror(HostId Host, ServerId ServerId, AttachmentId Next) : IHostActivity<Done>;

/// <summary>The guest's device goes over to the volume that is alike: the point of no return of a swap.</summary>
public sealed record PivotVolume(HostId Host, ServerId ServerId, AttachmentId Old, VolumeOfGuest Next)
    : IHostActivity<PivotedVolume>
{
    [JsonIgnore]
    public IEnumerable<SecretId> Secrets => Next.Secret is { } secret ? [secret] : [];
}

/// <param name="IsOver">False: the guest ended before, and has its old volume still; nothing of the new one is left on its host.</param>
public sealed record PivotedVolume(bool IsOver);

/// <param name="Device">Wanted name in the guest; null for the next that is free.</param>
/// <param name="BootIndex">0 for the disk that the guest boots from; null for one that it does not.</param>
/// <param name="Secret">Secret: the attachment's password.</param>
/// <param name="Limits">As <see cref="BlockStorage.ExportOrder"/> has them.</param>
public sealed record VolumeOfGuest(
    AttachmentId AttachmentId,
    VolumeId VolumeId,
    VolumeConnection Connection,
    bool IsReadOnly,
    string? Device,
    int? BootIndex,
    SecretId? Secret,
    IReadOnlyDictionary<string, long>? Limits
);
