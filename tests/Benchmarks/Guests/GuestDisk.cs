using System.Text.Json.Nodes;
using Pipeline.Contracts;
using Pipeline.Drivers.Hypervisor.Qemu;

namespace Pipeline.Benchmarks.Guests;

/// <summary>A disk in a QEMU that runs, given and taken by QEMU's own words.</summary>
internal sealed class GuestDisk(QmpClient qmp, QemuVolume volume)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<GuestDisk> PlugAsync(QmpClient qmp, QemuVolume volume, CancellationToken ct)
    {
        foreach (var item in volume.Objects)
            await qmp.ExecuteAsync("object-add", item.DeepClone().AsObject(), ct);
        await qmp.ExecuteAsync("blockdev-add", volume.Node.DeepClone().AsObject(), ct);
        await qmp.ExecuteAsync("device_add", volume.Device.DeepClone().AsObject(), ct);
        return new(qmp, volume);
    }

    /// <exception cref="TimeoutException">The guest has not let go of it.</exception>
    public async Task UnplugAsync(CancellationToken ct)
    {
        await qmp.ExecuteAsync("device_del", new JsonObject { ["id"] = (string)volume.Device["id"]! }, ct);
        // A device goes in two parts, each with its event, and only then is its node free.
        do if (!await qmp.SawAsync("DEVICE_DELETED", Patience, ct))
            throw new TimeoutException("the guest has not let go of the disk");
        while (!await TryTakeNodeAsync(ct));
        foreach (var item in volume.Objects)
            await qmp.ExecuteAsync("object-del", new JsonObject { ["id"] = (string)item["id"]! }, ct);
    }

    private async Task<bool> TryTakeNodeAsync(CancellationToken ct)
    {
        try
        {
            var node = new JsonObject { ["node-name"] = (string)volume.Node["node-name"]! };
            await qmp.ExecuteAsync("blockdev-del", node, ct);
            return true;
        }
        catch (Fault cause) when (cause.Code == FaultCode.DriverFailed)
        {
            return false;
        }
    }
}
