using System.Text;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <summary>A guest's volumes: its definition has them, and what runs is brought in line with it. Callers hold the guest's turn.</summary>
internal sealed class GuestVolumes(
    QemuOptions options,
    Func<GuestFolder, CancellationToken, Task<QmpClient>> connect,
    HotPlug plug
)
{
    /// <summary>As QEMU is told of them, in the order of their names.</summary>
    public IReadOnlyList<QemuVolume> Of(GuestDefinition definition, GuestFolder folder) =>
        [
            .. definition
                .Volumes.OrderBy(volume => volume.Device, StringComparer.Ordinal)
                .Select(volume => Describe(volume, folder)),
        ];

    /// <summary>A definition with the spec's volumes, beside those that the guest was given since it was first defined.</summary>
    public async Task<GuestDefinition> DefineAsync(
        GuestSpec spec,
        GuestDefinition? known,
        GuestFolder folder,
        CancellationToken ct
    )
    {
        var volumes = GuestDisks.Name(spec, known?.Volumes ?? []);
        foreach (var volume in volumes)
            RequireWay(volume);
        await WritePasswordsAsync(folder, volumes, ct);
        return GuestDefinition.Of(spec) with { Volumes = [.. volumes.Select(WithoutPassword)] };
    }

    public async Task<string> AttachAsync(
        GuestDefinition definition,
        GuestFolder folder,
        GuestVolume volume,
        CancellationToken ct
    )
    {
        if (definition.Volumes.FirstOrDefault(known => known.Attachment == volume.Attachment) is { } has)
        {
            await PlugAsync(has, folder, ct);
            return has.Device!;
        }
        RequireWay(volume);
        var device = GuestDisks.NameOf(
            volume,
            definition.RootDisk is not null,
            definition.HasConfigDrive,
            definition.Nics.Count,
            definition.Volumes
        );
        var named = WithoutPassword(volume) with { Device = device };
        await WritePasswordsAsync(folder, [volume], ct);
        await folder.WriteAsync(definition with { Volumes = [.. definition.Volumes, named] }, null, ct);
        try
        {
            await PlugAsync(named, folder, ct);
        }
        catch (Fault)
        {
            await ForgetAsync(definition, folder, volume.Attachment, ct);
            throw;
        }
        return device;
    }

    public async Task DetachAsync(
        GuestDefinition definition,
        GuestFolder folder,
        AttachmentId attachment,
        CancellationToken ct
    )
    {
        if (definition.Volumes.Any(volume => volume.Seat == attachment && volume.Attachment != attachment))
            return; // another has its place: it is gone already
        var device = definition.Volumes.FirstOrDefault(volume => volume.Attachment == attachment) is { } known
            ? QemuVolume.DeviceOf(known)
            : QemuVolume.DeviceOf(attachment);
        await WhileItRunsAsync(folder, qmp => plug.UnplugAsync(qmp, attachment, device, ct), ct);
        await ForgetAsync(definition, folder, attachment, ct);
    }

    /// <summary>A volume that the guest does not have is let be.</summary>
    public Task ResizeAsync(
        GuestDefinition definition,
        GuestFolder folder,
        AttachmentId attachment,
        long bytes,
        CancellationToken ct
    ) =>
        definition.Volumes.FirstOrDefault(known => known.Attachment == attachment) is { } volume
            ? WhileItRunsAsync(
                folder,
                qmp => plug.ResizeAsync(qmp, attachment, Describe(volume, folder), bytes, ct),
                ct
            )
            : Task.CompletedTask;

    private Task PlugAsync(GuestVolume volume, GuestFolder folder, CancellationToken ct) =>
        WhileItRunsAsync(folder, qmp => plug.PlugAsync(qmp, volume.Attachment, Describe(volume, folder), ct), ct);

    /// <summary>A guest that is off, or that ends meanwhile, has what its definition says when it is started.</summary>
    /// <returns>False when it does not run.</returns>
    public async Task<bool> WhileItRunsAsync(GuestFolder folder, Func<QmpClient, Task> change, CancellationToken ct)
    {
        if (!GuestProcesses.IsAlive(folder))
            return false;
        try
        {
            await using var qmp = await connect(folder, ct);
            await change(qmp);
            return true;
        }
        catch (Fault) when (!GuestProcesses.IsAlive(folder))
        {
            return false; // it has ended
        }
    }

    private static async Task ForgetAsync(
        GuestDefinition definition,
        GuestFolder folder,
        AttachmentId attachment,
        CancellationToken ct
    )
    {
        GuestVolume[] left = [.. definition.Volumes.Where(volume => volume.Attachment != attachment)];
        await folder.WriteAsync(definition with { Volumes = left }, null, ct);
        File.Delete(folder.PasswordOf(attachment));
    }

    public QemuVolume Describe(GuestVolume volume, GuestFolder folder)
    {
        var password = folder.PasswordOf(volume.Attachment);
        return QemuVolume.Of(
            volume,
            File.Exists(password) ? password : null,
            options.ReconnectLimit,
            options.ReportsIoErrors
        );
    }

    /// <exception cref="Fault">BadRequest for what QEMU could not be told.</exception>
    public void RequireWay(GuestVolume volume) => QemuVolume.Of(volume, password: null, options.ReconnectLimit);

    public static async Task WritePasswordsAsync(
        GuestFolder folder,
        IReadOnlyList<GuestVolume> volumes,
        CancellationToken ct
    )
    {
        SafeFile.MakeFolder(folder.Path);
        foreach (var volume in volumes)
            if (volume.Password is { } password)
                await SafeFile.WriteAsync(folder.PasswordOf(volume.Attachment), Encoding.UTF8.GetBytes(password), ct);
    }

    public static GuestVolume WithoutPassword(GuestVolume volume) => volume with { Password = null };
}
