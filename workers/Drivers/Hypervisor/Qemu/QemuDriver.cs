using System.Runtime.CompilerServices;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <summary>Guests as QEMU processes of their own, spoken to by QMP. What runs and what is defined is read from the host each time.</summary>
public sealed class QemuDriver : IHypervisorDriver, IGuestVolumes, IVolumeSwap, IGuestWatch
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    // A guest that is still booting does not hear the power button: it is pressed again.
    private static readonly TimeSpan PressAgain = TimeSpan.FromSeconds(5);

    private readonly QemuOptions _options;
    private readonly Command _command;
    private readonly TimeProvider _time;
    private readonly GuestFolders _folders;
    private readonly Accelerator _accelerator;
    private readonly GuestWatch _watch;
    private readonly GuestVolumes _volumes;
    private readonly GuestVolumeSwap _swap;
    private readonly Turns<ServerId> _turns = new(); // a guest's definition has one writer at a time

    public QemuDriver(QemuOptions options, Command command, TimeProvider time)
    {
        _options = options;
        _command = command;
        _time = time;
        _folders = new GuestFolders(options);
        _accelerator = new Accelerator(options, command);
        _watch = new GuestWatch(_folders, options, time);
        var plug = new HotPlug(options, time);
        _volumes = new GuestVolumes(options, ConnectAsync, plug);
        _swap = new GuestVolumeSwap(_volumes, plug, time);
    }

    public string Name => "qemu";

    public int Contract => DriverContract.Current;

    public async Task<DriverReport> ProbeAsync(CancellationToken ct)
    {
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var version = await _command.RunAsync(new(_options.Binary, ["--version"]), ct);
            facts["qemu"] = version.Split('\n')[0].Replace("QEMU emulator version ", "").Split(' ')[0];
            _folders.Prepare();
            facts["kvm"] = await _accelerator.ChooseAsync() == "kvm" ? "true" : "false";
            return new DriverReport(Ready: true, Problem: null, facts);
        }
        catch (Exception cause) when (cause is Fault or IOException or UnauthorizedAccessException)
        {
            return new DriverReport(Ready: false, $"guests cannot run by QEMU here: {cause.Message}", facts);
        }
    }

    public async Task<GuestStatus> EnsureGuestAsync(GuestSpec spec, CancellationToken ct)
    {
        GuestRules.Check(spec, _options.Cloud);
        var folder = _folders.Of(spec.Id);
        using var turn = await _turns.TakeAsync(spec.Id, ct);
        var known = await folder.ReadAsync(ct);
        if (known is not null && known.Cloud != _options.Cloud)
            throw Fault.Conflict($"guest {spec.Id} belongs to another cloud");
        _folders.Prepare();
        if (folder.Exists && await FindRunningAsync(folder, ct) is { } running)
            return running;
        var definition = await _volumes.DefineAsync(spec, known, folder, ct);
        await folder.WriteAsync(
            definition,
            spec.ConfigDrive is { } files ? Iso9660.Write("config-2", files) : null,
            ct
        );
        return await BootAsync(definition, folder, ct);
    }

    public async Task DestroyGuestAsync(ServerId id, CancellationToken ct)
    {
        var folder = _folders.Of(id);
        if (await folder.ReadAsync(ct) is { } known && known.Cloud != _options.Cloud)
            return;
        await KillAsync(folder); // whoever speaks with it hears that it is gone
        using var turn = await _turns.TakeAsync(id, ct);
        await KillAsync(folder);
        SafeFile.RemoveFolder(folder.Path);
    }

    public async Task<GuestStatus> StartGuestAsync(ServerId id, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync(id, ct);
        var (definition, folder) = await RequireAsync(id, ct);
        _folders.Prepare();
        return await FindRunningAsync(folder, ct) ?? await BootAsync(definition, folder, ct);
    }

    public async Task<GuestStatus> StopGuestAsync(ServerId id, TimeSpan grace, CancellationToken ct)
    {
        var (_, folder) = await RequireAsync(id, ct);
        _watch.Expect(id);
        foreach (var process in GuestProcesses.Hold(folder))
            using (process)
                if (!await AskToEndAsync(folder, grace, ct) || !await process.EndsAsync(EndLimit, _time, ct))
                    await KillAsync(process);
        return new GuestStatus(id, GuestState.Off);
    }

    public async Task<string> AttachVolumeAsync(ServerId id, GuestVolume volume, CancellationToken ct)
    {
        GuestRules.Check(volume);
        using var turn = await _turns.TakeAsync(id, ct);
        var (definition, folder) = await RequireAsync(id, ct);
        return await _volumes.AttachAsync(definition, folder, volume, ct);
    }

    public async Task DetachVolumeAsync(ServerId id, AttachmentId attachment, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync(id, ct);
        var folder = _folders.Of(id);
        if (await folder.ReadAsync(ct) is { } definition && definition.Cloud == _options.Cloud)
            await _volumes.DetachAsync(definition, folder, attachment, ct);
    }

    public async Task ResizeVolumeAsync(ServerId id, AttachmentId attachment, long bytes, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync(id, ct);
        var folder = _folders.Of(id);
        if (await folder.ReadAsync(ct) is { } definition && definition.Cloud == _options.Cloud)
            await _volumes.ResizeAsync(definition, folder, attachment, bytes, ct);
    }

    public async Task MirrorVolumeAsync(ServerId id, AttachmentId old, GuestVolume next, CancellationToken ct)
    {
        GuestRules.Check(next);
        using var turn = await _turns.TakeAsync(id, ct);
        var (definition, folder) = await RequireAsync(id, ct);
        await _swap.MirrorAsync(definition, folder, old, next, ct);
    }

    public async Task StopMirrorAsync(ServerId id, AttachmentId next, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync(id, ct);
        var folder = _folders.Of(id);
        if (await folder.ReadAsync(ct) is { } definition && definition.Cloud == _options.Cloud)
            await _swap.StopAsync(definition, folder, next, ct);
    }

    public async Task<bool> PivotVolumeAsync(ServerId id, AttachmentId old, GuestVolume next, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync(id, ct);
        var folder = _folders.Of(id);
        return await folder.ReadAsync(ct) is { } definition
            && definition.Cloud == _options.Cloud
            && await _swap.PivotAsync(definition, folder, old, next, ct);
    }

    public async Task<string> ReadConsoleAsync(ServerId id, CancellationToken ct)
    {
        var (_, folder) = await RequireAsync(id, ct);
        return await ConsoleLog.ReadAsync(folder, ct);
    }

    public async IAsyncEnumerable<GuestStatus> ListGuestsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var alive = GuestProcesses.AllAlive();
        foreach (var folder in _folders.All())
        {
            // A folder without a definition is what a killed agent left of a guest: listed, so that it can be destroyed.
            if (await folder.ReadAsync(ct) is { } definition && definition.Cloud != _options.Cloud)
                continue;
            if (!await IsKeptAsync(folder, ct))
                continue;
            yield return new GuestStatus(
                folder.Id,
                alive.Contains(folder.PidFile) ? GuestState.Running : GuestState.Off
            );
        }
    }

    public IAsyncEnumerable<ServerId> EndedAsync(CancellationToken ct) => _watch.EndedAsync(ct);

    /// <returns>False when the guest is destroyed while it is listed.</returns>
    private static async Task<bool> IsKeptAsync(GuestFolder folder, CancellationToken ct)
    {
        try
        {
            await ConsoleLog.CutAsync(folder, ct);
            return folder.Exists;
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private async Task<(GuestDefinition, GuestFolder)> RequireAsync(ServerId id, CancellationToken ct)
    {
        var folder = _folders.Of(id);
        return await folder.ReadAsync(ct) is { } definition && definition.Cloud == _options.Cloud
            ? (definition, folder)
            : throw Fault.NotFound($"guest {id} is not defined on this host");
    }

    /// <returns>Null when no process runs for the guest, or the one that did was on its way out.</returns>
    private async Task<GuestStatus?> FindRunningAsync(GuestFolder folder, CancellationToken ct)
    {
        try
        {
            return GuestProcesses.IsAlive(folder) ? await ResumeAsync(folder, ct) : null;
        }
        catch (Fault) when (!GuestProcesses.IsAlive(folder))
        {
            return null;
        }
    }

    private async Task<GuestStatus> BootAsync(GuestDefinition definition, GuestFolder folder, CancellationToken ct)
    {
        RequireDevices(definition);
        _watch.Started(folder.Id);
        try
        {
            var arguments = QemuArguments.Of(
                definition,
                folder,
                await _accelerator.ChooseAsync(),
                _volumes.Of(definition, folder)
            );
            await _command.RunAsync(new(_options.Binary, arguments, Limit: _options.StartLimit), ct);
            return await ResumeAsync(folder, ct);
        }
        catch
        {
            await KillAsync(folder);
            throw;
        }
    }

    // Of a tap device that is missing QEMU would make one itself, which leads nowhere.
    private static void RequireDevices(GuestDefinition definition)
    {
        var devices = File.ReadLines("/proc/self/net/dev").Select(line => line.Split(':')[0].Trim()).ToHashSet();
        foreach (var nic in definition.Nics)
            if (nic.Device is not null && !devices.Contains(nic.Device))
                throw new Fault(FaultCode.DriverFailed, $"device {nic.Device} of port {nic.Port} is not there");
    }

    // QEMU stops a guest whose disk has no room: once asked for again, it goes on.
    private async Task<GuestStatus> ResumeAsync(GuestFolder folder, CancellationToken ct)
    {
        await using var qmp = await ConnectAsync(folder, ct);
        var status = await qmp.ExecuteAsync("query-status", ct);
        if (status.GetProperty("status").GetString() is "paused" or "prelaunch" or "io-error")
            await qmp.ExecuteAsync("cont", ct);
        return new GuestStatus(folder.Id, GuestState.Running);
    }

    // Quitting QEMU writes the disk's caches out; killing it is for a QEMU that no longer listens.
    private async Task<bool> AskToEndAsync(GuestFolder folder, TimeSpan grace, CancellationToken ct)
    {
        try
        {
            await using var qmp = await ConnectAsync(folder, ct);
            if (!await PowerOffAsync(qmp, grace, ct))
                await qmp.ExecuteAsync("quit", ct);
            return true;
        }
        catch (Fault cause)
        {
            return cause.Code != FaultCode.Timeout; // a conversation that breaks off is a QEMU that ends
        }
    }

    private async Task<bool> PowerOffAsync(QmpClient qmp, TimeSpan grace, CancellationToken ct)
    {
        var start = _time.GetTimestamp();
        while (grace - _time.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
        {
            await qmp.ExecuteAsync("system_powerdown", ct);
            if (await qmp.SawAsync("SHUTDOWN", left < PressAgain ? left : PressAgain, ct))
                return true;
        }
        return false;
    }

    private Task<QmpClient> ConnectAsync(GuestFolder folder, CancellationToken ct) =>
        QmpClient.ConnectAsync(folder.QmpSocket, () => GuestProcesses.IsAlive(folder), _time, ct);

    private async Task KillAsync(GuestFolder folder)
    {
        foreach (var process in GuestProcesses.Hold(folder))
            using (process)
                await KillAsync(process);
    }

    private async Task KillAsync(ProcessHandle process)
    {
        process.Kill();
        if (!await process.EndsAsync(EndLimit, _time, CancellationToken.None))
            throw new Fault(FaultCode.DriverFailed, "the guest's process was killed but does not end");
    }
}
