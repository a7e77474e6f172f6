using System.Text.Json.Nodes;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <summary>
/// Copies one node of a QEMU that runs to another, and puts the other in its place. The job is named after the attachment it copies to, and
/// stays listed after its end, so that who comes later finds out how it ended.
/// </summary>
internal sealed class VolumeMirror(HotPlug plug, TimeProvider time)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    /// <summary>So long one call looks on: small volumes are copied meanwhile.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    /// <exception cref="Fault">Unavailable while it copies; DriverFailed when it cannot, with nothing of it left.</exception>
    public async Task RunAsync(
        QmpClient qmp,
        AttachmentId old,
        AttachmentId next,
        QemuVolume target,
        CancellationToken ct
    )
    {
        if (await FindJobAsync(qmp, next, ct) is null)
            await BeginAsync(qmp, old, next, target, ct);
        var start = time.GetTimestamp();
        while (true)
        {
            var job = await FindJobAsync(qmp, next, ct);
            if (job is { Status: "ready" })
                return;
            if (job is null or { Status: "concluded" or "null" or "aborting" })
            {
                await StopAsync(qmp, next, ct);
                throw new Fault(FaultCode.DriverFailed, $"the volume could not be copied: {job?.Error ?? "it ended"}");
            }
            if (time.GetElapsedTime(start) >= Look)
                throw new Fault(FaultCode.Unavailable, $"{job.Done} of {job.All} bytes are copied");
            await Task.Delay(Glance, time, ct);
        }
    }

    /// <summary>Whether the copy may take the place now: from then on it is kept alike with each write.</summary>
    public async Task<bool> IsReadyAsync(QmpClient qmp, AttachmentId next, CancellationToken ct) =>
        await FindJobAsync(qmp, next, ct) is { Status: "ready" };

    /// <returns>Whether the device has the copy.</returns>
    /// <exception cref="Fault">Unavailable when the job does not end in time.</exception>
    public async Task<bool> CompleteAsync(QmpClient qmp, string device, AttachmentId next, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        var told = false;
        while (await FindJobAsync(qmp, next, ct) is { } job && job.Status is not ("concluded" or "null"))
        {
            if (time.GetElapsedTime(start) >= Look)
                throw new Fault(FaultCode.Unavailable, $"the disk has not gone over to the other volume: {job.Status}");
            if (job.Status == "ready" && !told)
            {
                await qmp.ExecuteAsync("block-job-complete", new() { ["device"] = JobOf(next) }, ct);
                told = true;
            }
            await Task.Delay(Glance, time, ct);
        }
        await DismissAsync(qmp, next, ct);
        return await FindNodeOfAsync(qmp, device, ct) == QemuVolume.NodeOf(next);
    }

    /// <summary>Ends the job, whatever it does, and takes what it copied to.</summary>
    /// <exception cref="Fault">Unavailable when the job does not end in time.</exception>
    public async Task StopAsync(QmpClient qmp, AttachmentId next, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        var told = false;
        while (await FindJobAsync(qmp, next, ct) is { } job && job.Status is not ("concluded" or "null"))
        {
            if (time.GetElapsedTime(start) >= Look)
                throw new Fault(FaultCode.Unavailable, $"the copying has not ended: {job.Status}");
            if (!told)
                await qmp.ExecuteAsync("block-job-cancel", new() { ["device"] = JobOf(next), ["force"] = true }, ct);
            told = true;
            await Task.Delay(Glance, time, ct);
        }
        await DismissAsync(qmp, next, ct);
        await HotPlug.ClearAsync(qmp, next, ct);
    }

    /// <summary>The guest sees the size of what it has by now; one that cannot be told sees it at its next start.</summary>
    public static async Task TellSizeAsync(QmpClient qmp, AttachmentId next, QemuVolume volume, CancellationToken ct)
    {
        var name = QemuVolume.NodeOf(next);
        await HotPlug.ShowAllAsync(qmp, next, volume, ct);
        if (await HotPlug.FindNodeAsync(qmp, name, ct) is not { } node)
            return;
        try
        {
            var size = new JsonObject { ["node-name"] = name, ["size"] = HotPlug.SizeOf(node) };
            await qmp.ExecuteAsync("block_resize", size, ct);
        }
        catch (Fault cause) when (cause.Code == FaultCode.DriverFailed)
        {
            // Its way keeps the size that it came with.
        }
    }

    private async Task BeginAsync(
        QmpClient qmp,
        AttachmentId old,
        AttachmentId next,
        QemuVolume target,
        CancellationToken ct
    )
    {
        await plug.AddNodeAsync(qmp, next, target, ct);
        // QEMU copies between disks of one size: of a larger one it sees as much, until it has gone over.
        if (await SizeAsync(qmp, old, ct) is { } bytes && await SizeAsync(qmp, next, ct) > bytes)
            await plug.AddNodeAsync(qmp, next, target, ct, bytes);
        try
        {
            await qmp.ExecuteAsync(
                "blockdev-mirror",
                new()
                {
                    ["job-id"] = JobOf(next),
                    ["device"] = QemuVolume.NodeOf(old),
                    ["target"] = QemuVolume.NodeOf(next),
                    ["sync"] = "full",
                    // A guest that writes faster than is copied would never come to an end otherwise.
                    ["copy-mode"] = "write-blocking",
                    ["auto-dismiss"] = false,
                },
                ct
            );
        }
        catch (Fault)
        {
            await HotPlug.ClearAsync(qmp, next, ct);
            throw;
        }
    }

    private static async Task<long?> SizeAsync(QmpClient qmp, AttachmentId attachment, CancellationToken ct) =>
        await HotPlug.FindNodeAsync(qmp, QemuVolume.NodeOf(attachment), ct) is { } node ? HotPlug.SizeOf(node) : null;

    private static async Task DismissAsync(QmpClient qmp, AttachmentId next, CancellationToken ct)
    {
        if (await FindJobAsync(qmp, next, ct) is { Status: "concluded" })
            await qmp.ExecuteAsync("job-dismiss", new() { ["id"] = JobOf(next) }, ct);
    }

    private static string JobOf(AttachmentId next) => $"swap-{next}";

    private static async Task<Job?> FindJobAsync(QmpClient qmp, AttachmentId next, CancellationToken ct)
    {
        var jobs = await qmp.ExecuteAsync("query-jobs", ct);
        foreach (var job in jobs.EnumerateArray())
            if (job.GetProperty("id").GetString() == JobOf(next))
                return new(
                    job.GetProperty("status").GetString()!,
                    job.GetProperty("current-progress").GetInt64(),
                    job.GetProperty("total-progress").GetInt64(),
                    job.TryGetProperty("error", out var error) ? error.GetString() : null
                );
        return null;
    }

    /// <summary>What a device reads and writes; the filter of a job that runs is not told by QEMU.</summary>
    private static async Task<string?> FindNodeOfAsync(QmpClient qmp, string device, CancellationToken ct)
    {
        var disks = await qmp.ExecuteAsync("query-block", ct);
        foreach (var disk in disks.EnumerateArray())
            if (
                disk.TryGetProperty("qdev", out var path)
                && path.GetString()!.Split('/').Contains(device)
                && disk.TryGetProperty("inserted", out var inserted)
            )
                return inserted.GetProperty("node-name").GetString();
        return null;
    }

    private sealed record Job(string Status, long Done, long All, string? Error);
}
