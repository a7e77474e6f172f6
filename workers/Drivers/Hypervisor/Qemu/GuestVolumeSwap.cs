using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <summary>
/// One volume takes another's place. The definition names the new one before QEMU goes over to it: from when both are alike on, a guest
/// that ends and is started again may have either, but after the change only the new one. Callers hold the guest's turn.
/// </summary>
internal sealed class GuestVolumeSwap(GuestVolumes volumes, HotPlug plug, TimeProvider time)
{
    private readonly VolumeMirror mirror = new(plug, time);

    public async Task MirrorAsync(
        GuestDefinition definition,
        GuestFolder folder,
        AttachmentId old,
        GuestVolume next,
        CancellationToken ct
    )
    {
        if (Has(definition, next.Attachment))
            return;
        if (!Has(definition, old))
            throw Fault.Conflict($"guest {folder.Id} has no disk by attachment {old}");
        volumes.RequireWay(next);
        await GuestVolumes.WritePasswordsAsync(folder, [next], ct);
        var target = volumes.Describe(GuestVolumes.WithoutPassword(next), folder);
        var running = await volumes.WhileItRunsAsync(
            folder,
            qmp => mirror.RunAsync(qmp, old, next.Attachment, target, ct),
            ct
        );
        if (!running)
            throw Fault.Conflict($"guest {folder.Id} is off, and its volumes stay as they are");
    }

    public async Task StopAsync(GuestDefinition definition, GuestFolder folder, AttachmentId next, CancellationToken ct)
    {
        if (Has(definition, next))
            return;
        await volumes.WhileItRunsAsync(folder, qmp => mirror.StopAsync(qmp, next, ct), ct);
        File.Delete(folder.PasswordOf(next));
    }

    public async Task<bool> PivotAsync(
        GuestDefinition definition,
        GuestFolder folder,
        AttachmentId old,
        GuestVolume next,
        CancellationToken ct
    )
    {
        if (!Has(definition, next.Attachment))
        {
            if (!await IsReadyAsync(folder, next.Attachment, ct))
            {
                await StopAsync(definition, folder, next.Attachment, ct);
                return false;
            }
            definition = Exchanged(definition, old, next);
            await folder.WriteAsync(definition, null, ct);
        }
        var isOver = true;
        if (definition.Leaving is { } leaving)
        {
            // A guest that has ended meanwhile starts with the new one.
            await volumes.WhileItRunsAsync(
                folder,
                async qmp => isOver = await CompleteAsync(qmp, leaving, next, folder, ct),
                ct
            );
            definition = isOver ? definition with { Leaving = null } : Restored(definition, leaving, next.Attachment);
            await folder.WriteAsync(definition, null, ct);
            File.Delete(folder.PasswordOf(isOver ? leaving.Attachment : next.Attachment));
        }
        return isOver;
    }

    private async Task<bool> CompleteAsync(
        QmpClient qmp,
        GuestVolume leaving,
        GuestVolume next,
        GuestFolder folder,
        CancellationToken ct
    )
    {
        if (!await mirror.CompleteAsync(qmp, QemuVolume.DeviceOf(leaving), next.Attachment, ct))
        {
            await mirror.StopAsync(qmp, next.Attachment, ct);
            return false;
        }
        await HotPlug.ClearAsync(qmp, leaving.Attachment, ct);
        await VolumeMirror.TellSizeAsync(qmp, next.Attachment, volumes.Describe(next, folder), ct);
        return true;
    }

    private async Task<bool> IsReadyAsync(GuestFolder folder, AttachmentId next, CancellationToken ct)
    {
        var ready = false;
        await volumes.WhileItRunsAsync(folder, async qmp => ready = await mirror.IsReadyAsync(qmp, next, ct), ct);
        return ready;
    }

    private static bool Has(GuestDefinition definition, AttachmentId attachment) =>
        definition.Volumes.Any(volume => volume.Attachment == attachment);

    private static GuestDefinition Exchanged(GuestDefinition definition, AttachmentId old, GuestVolume next)
    {
        var leaving = definition.Volumes.Single(volume => volume.Attachment == old);
        var successor = GuestDisks.InPlaceOf(leaving, GuestVolumes.WithoutPassword(next));
        return definition with
        {
            Volumes = [.. definition.Volumes.Select(volume => volume == leaving ? successor : volume)],
            Leaving = leaving,
        };
    }

    private static GuestDefinition Restored(GuestDefinition definition, GuestVolume leaving, AttachmentId next) =>
        definition with
        {
            Volumes = [.. definition.Volumes.Select(volume => volume.Attachment == next ? leaving : volume)],
            Leaving = null,
        };
}
