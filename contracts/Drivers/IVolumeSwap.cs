namespace Pipeline.Contracts.Drivers;

/// <summary>One volume takes another's place under a running guest, which keeps its device and sees nothing of it.</summary>
public interface IVolumeSwap
{
    /// <summary>Copies the disk to the volume that is to take its place, and keeps both alike. Asked again it looks how far that is.</summary>
    /// <exception cref="Fault">
    /// Unavailable while it copies; Conflict when the guest is off, or has no disk by <paramref name="old"/>; NotFound when no such guest is
    /// defined here; DriverFailed when a volume cannot be read or written, and then nothing of it goes on.
    /// </exception>
    Task MirrorVolumeAsync(ServerId id, AttachmentId old, GuestVolume next, CancellationToken ct);

    /// <summary>Ends the copying, whose target nobody has any more then. None, or no such guest, is success; one that is over stays so.</summary>
    Task StopMirrorAsync(ServerId id, AttachmentId next, CancellationToken ct);

    /// <summary>The guest goes over to the volume that is alike, by the old one's device and name, and lets go of the old one.</summary>
    /// <returns>False when both are not alike any more (the guest was off, or is gone): it has the old one, and nothing of the new is left.</returns>
    /// <exception cref="Fault">Unavailable while it is not known how it ends.</exception>
    Task<bool> PivotVolumeAsync(ServerId id, AttachmentId old, GuestVolume next, CancellationToken ct);
}
