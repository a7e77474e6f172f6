using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <summary>Gives disks to a QEMU that runs, and takes them. What QEMU has is asked of it each time.</summary>
internal sealed class HotPlug(QemuOptions options, TimeProvider time)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    // A guest that is still booting does not hear that it shall let go: it is told again.
    private static readonly TimeSpan TellAgain = TimeSpan.FromSeconds(2);

    /// <exception cref="Fault">DriverFailed with QEMU's own words when it cannot open the volume; nothing of it is left then.</exception>
    public async Task PlugAsync(QmpClient qmp, AttachmentId attachment, QemuVolume volume, CancellationToken ct)
    {
        if (await HasAsync(qmp, "/machine/peripheral", (string)volume.Device["id"]!, ct))
            return;
        await AddNodeAsync(qmp, attachment, volume, ct);
        try
        {
            await qmp.ExecuteAsync("device_add", volume.Device, ct);
        }
        catch (Fault)
        {
            await ClearAsync(qmp, attachment, ct);
            throw;
        }
    }

    /// <summary>QEMU opens the volume, which no device has yet.</summary>
    /// <param name="bytes">As much of it as shows until <see cref="ShowAllAsync"/>; null for all.</param>
    /// <exception cref="Fault">DriverFailed with QEMU's own words; nothing of it is left then.</exception>
    public async Task AddNodeAsync(
        QmpClient qmp,
        AttachmentId attachment,
        QemuVolume volume,
        CancellationToken ct,
        long? bytes = null
    )
    {
        await ClearAsync(qmp, attachment, ct); // what a killed agent left half plugged
        if (volume.Server is { } server)
            await RequireAsync(server.Host, server.Port, ct);
        try
        {
            foreach (var item in volume.Objects)
                await qmp.ExecuteAsync("object-add", item, ct);
            var below = QemuVolume.WaysOf(attachment)[0];
            if (bytes is not null)
                await qmp.ExecuteAsync("blockdev-add", volume.Beneath(below), ct);
            await qmp.ExecuteAsync("blockdev-add", bytes is null ? volume.Node : volume.Over(below, bytes), ct);
        }
        catch (Fault)
        {
            await ClearAsync(qmp, attachment, ct);
            throw;
        }
    }

    /// <summary>What was added in part shows whole.</summary>
    public static async Task ShowAllAsync(
        QmpClient qmp,
        AttachmentId attachment,
        QemuVolume volume,
        CancellationToken ct
    )
    {
        var below = QemuVolume.WaysOf(attachment)[0];
        if (await FindNodeAsync(qmp, below, ct) is not null)
            await qmp.ExecuteAsync("blockdev-reopen", Options(volume.Over(below, bytes: null)), ct);
    }

    /// <exception cref="Fault">Conflict when the guest does not let go of the disk.</exception>
    public async Task UnplugAsync(QmpClient qmp, AttachmentId attachment, string device, CancellationToken ct)
    {
        var (start, told) = (time.GetTimestamp(), default(long?));
        while (true)
        {
            var has = await HasAsync(qmp, "/machine/peripheral", device, ct);
            if (!has && await TryClearAsync(qmp, attachment, ct))
                return;
            if (time.GetElapsedTime(start) >= options.DetachGrace)
                throw Fault.Conflict(
                    $"the guest has not let go of the disk within {options.DetachGrace.TotalSeconds:0} s"
                );
            if (has && (told is not { } last || time.GetElapsedTime(last) >= TellAgain))
            {
                await TellAsync(qmp, device, ct);
                told = time.GetTimestamp();
            }
            await Task.Delay(Glance, time, ct);
        }
    }

    // The device goes a moment before the guest's last requests to it have.
    private static async Task<bool> TryClearAsync(QmpClient qmp, AttachmentId attachment, CancellationToken ct)
    {
        try
        {
            await ClearAsync(qmp, attachment, ct);
            return true;
        }
        catch (Fault cause) when (cause.Code == FaultCode.DriverFailed)
        {
            return false;
        }
    }

    /// <summary>The guest sees the disk grow; one that has the size, or more, is left.</summary>
    /// <exception cref="Fault">DriverFailed when the volume's server does not answer, or has not grown.</exception>
    public async Task ResizeAsync(
        QmpClient qmp,
        AttachmentId attachment,
        QemuVolume volume,
        long bytes,
        CancellationToken ct
    )
    {
        var name = QemuVolume.NodeOf(attachment);
        if (await FindNodeAsync(qmp, name, ct) is not { } node || SizeOf(node) >= bytes)
            return;
        if (volume is { IsSizedOnConnect: true, Server: { } server })
        {
            await RequireAsync(server.Host, server.Port, ct);
            await ConnectAgainAsync(qmp, attachment, volume, node, ct);
        }
        await qmp.ExecuteAsync("block_resize", new() { ["node-name"] = name, ["size"] = bytes }, ct);
    }

    // Beside the connection that stands a new one is made, which is told the size; the disk goes over to it between two requests.
    private static async Task ConnectAgainAsync(
        QmpClient qmp,
        AttachmentId attachment,
        QemuVolume volume,
        JsonElement node,
        CancellationToken ct
    )
    {
        await ClearWaysAsync(qmp, attachment, ct);
        string? way = null;
        foreach (var name in QemuVolume.WaysOf(attachment))
            if (way is null && await FindNodeAsync(qmp, name, ct) is null)
                way = name;
        // A node stays what it is: a volume that took another's place lies below one that only showed a part of it.
        var isWindow = node.GetProperty("drv").GetString() != (string)volume.Node["driver"]!;
        await qmp.ExecuteAsync("blockdev-add", isWindow ? volume.Beneath(way!) : volume.WayAs(way!), ct);
        try
        {
            var over = isWindow ? volume.Over(way!, bytes: null) : volume.NodeOver(way!);
            await qmp.ExecuteAsync("blockdev-reopen", Options(over), ct);
        }
        finally
        {
            await ClearWaysAsync(qmp, attachment, CancellationToken.None);
        }
    }

    /// <summary>Connections that a disk had before it grew, or that a killed agent left; the one in use stays.</summary>
    private static async Task ClearWaysAsync(QmpClient qmp, AttachmentId attachment, CancellationToken ct)
    {
        foreach (var name in QemuVolume.WaysOf(attachment))
            if (await FindNodeAsync(qmp, name, ct) is not null)
                try
                {
                    await qmp.ExecuteAsync("blockdev-del", new() { ["node-name"] = name }, ct);
                }
                catch (Fault cause) when (cause.Code == FaultCode.DriverFailed)
                {
                    // The disk has it.
                }
    }

    // QEMU connects while its guest stands still: with a server that does not answer at all it would stand for minutes.
    private async Task RequireAsync(string host, int port, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(options.ReconnectLimit, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, port, ended.Token);
        }
        catch (Exception cause) when (cause is SocketException or OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            throw new Fault(
                FaultCode.DriverFailed,
                $"the volume's server {host}:{port} cannot be reached",
                cause: cause
            );
        }
    }

    private static async Task TellAsync(QmpClient qmp, string device, CancellationToken ct)
    {
        try
        {
            await qmp.ExecuteAsync("device_del", new() { ["id"] = device }, ct);
        }
        catch (Fault cause) when (cause.Code == FaultCode.DriverFailed)
        {
            // It went between the look and the word, or is told already: the next look says.
        }
    }

    /// <summary>Takes the node that no device has, and what it needs.</summary>
    public static async Task ClearAsync(QmpClient qmp, AttachmentId attachment, CancellationToken ct)
    {
        var node = QemuVolume.NodeOf(attachment);
        if (await FindNodeAsync(qmp, node, ct) is not null)
            await qmp.ExecuteAsync("blockdev-del", new() { ["node-name"] = node }, ct);
        await ClearWaysAsync(qmp, attachment, ct);
        foreach (var item in QemuVolume.ObjectsOf(attachment))
            if (await HasAsync(qmp, "/objects", item, ct))
                await qmp.ExecuteAsync("object-del", new() { ["id"] = item }, ct);
    }

    private static JsonObject Options(JsonObject node) => new() { ["options"] = new JsonArray(node) };

    private static async Task<bool> HasAsync(QmpClient qmp, string path, string name, CancellationToken ct)
    {
        var items = await qmp.ExecuteAsync("qom-list", new() { ["path"] = path }, ct);
        return items.EnumerateArray().Any(item => item.GetProperty("name").GetString() == name);
    }

    public static async Task<JsonElement?> FindNodeAsync(QmpClient qmp, string name, CancellationToken ct)
    {
        var nodes = await qmp.ExecuteAsync("query-named-block-nodes", new() { ["flat"] = true }, ct);
        foreach (var node in nodes.EnumerateArray())
            if (node.GetProperty("node-name").GetString() == name)
                return node;
        return null;
    }

    public static long SizeOf(JsonElement node) => node.GetProperty("image").GetProperty("virtual-size").GetInt64();
}
