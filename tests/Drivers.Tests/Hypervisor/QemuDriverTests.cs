using System.Diagnostics;
using System.Text;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Hypervisor.Qemu;

namespace Pipeline.Drivers.Tests.Hypervisor;

/// <summary>The contract and what is QEMU's own, with real processes under software emulation.</summary>
public sealed class QemuDriverTests : VolumeSwapContract, IAsyncDisposable
{
    private static readonly TimeSpan LongGrace = TimeSpan.FromSeconds(50);
    private readonly QemuHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    protected override IHypervisorDriver DriverOf(string cloud) => QemuHost.Driver(_host.Options(cloud));

    protected override Task<string> NewRootDiskAsync() => _host.NewBootDiskAsync();

    protected override async Task<GuestVolume> NewVolumeAsync() =>
        NewVolume(QemuHost.File(await _host.NewEmptyDiskAsync()));

    protected override async Task<GuestVolume> NewBootVolumeAsync() =>
        NewVolume(QemuHost.File(await _host.NewBootDiskAsync()));

    protected override Task<IReadOnlyList<AttachmentId>> DisksAsync(ServerId id) => _host.DisksAsync(id);

    protected override Task<bool> UsesAsync(ServerId id, GuestVolume volume) => _host.UsesAsync(id, volume.Attachment);

    [Fact]
    public async Task A_guest_that_hears_the_power_button_ends_by_itself()
    {
        var driver = NewDriver();
        var spec = await BootedAsync(driver);
        var start = TimeProvider.System.GetTimestamp();
        await driver.StopGuestAsync(spec.Id, LongGrace, Ct);
        Assert.True(
            TimeProvider.System.GetElapsedTime(start) < LongGrace,
            "it was not waited for to the end of the grace"
        );
        Assert.Equal(GuestState.Off, Assert.Single(await ListAsync(driver)).State);
    }

    [Fact]
    public async Task A_guest_that_does_not_hear_the_power_button_is_switched_off_after_the_grace()
    {
        var driver = NewDriver();
        var spec = await NewSpecAsync() with { RootDisk = await _host.NewEmptyDiskAsync() };
        await driver.EnsureGuestAsync(spec, Ct);
        await driver.StopGuestAsync(spec.Id, TimeSpan.FromMilliseconds(300), Ct);
        Assert.Equal(GuestState.Off, Assert.Single(await ListAsync(driver)).State);
    }

    [Fact]
    public async Task A_guest_that_switches_itself_off_is_off()
    {
        var driver = NewDriver();
        var spec = await BootedAsync(driver);
        await _host.TypeAsync(spec.Id, "q");
        await Eventually.IsTrueAsync(async () => (await ListAsync(driver))[0].State == GuestState.Off, "it is off");
    }

    [Fact]
    public async Task A_guest_that_reboots_goes_on_running()
    {
        var driver = NewDriver();
        var spec = await BootedAsync(driver);
        var pid = QemuHost.PidOf(_host.Folder(spec.Id).Path);
        await _host.TypeAsync(spec.Id, "r");
        await Eventually.IsTrueAsync(
            async () => (await driver.ReadConsoleAsync(spec.Id, Ct)).Split("guest is up").Length == 3,
            "the guest boots once more"
        );
        Assert.Equal(pid, QemuHost.PidOf(_host.Folder(spec.Id).Path));
    }

    [Fact]
    public async Task A_guest_that_stands_still_is_run_on_when_it_is_ensured()
    {
        var driver = NewDriver();
        var spec = await BootedAsync(driver);
        Assert.Equal("paused", await QmpAsync("stop"));
        await driver.EnsureGuestAsync(spec, Ct);
        Assert.Equal("running", await QmpAsync("query-status"));

        async Task<string?> QmpAsync(string command)
        {
            await using var qmp = await _host.SpeakAsync(spec.Id);
            await qmp.ExecuteAsync(command, Ct);
            return (await qmp.ExecuteAsync("query-status", Ct)).GetProperty("status").GetString();
        }
    }

    [Fact]
    public async Task The_console_keeps_its_last_mebibyte()
    {
        var driver = NewDriver();
        var spec = await BootedAsync(driver);
        var log = _host.Folder(spec.Id).Console;
        await File.AppendAllTextAsync(log, string.Concat(Enumerable.Repeat("0123456789abcde\n", 3 << 16)), Ct);
        await ListAsync(driver);
        Assert.Equal(0, new FileInfo(log).Length);
        await _host.TypeAsync(spec.Id, "!");
        await Eventually.IsTrueAsync(
            async () => (await driver.ReadConsoleAsync(spec.Id, Ct)).EndsWith("abcde\n!", StringComparison.Ordinal),
            "the guest's next words follow the old ones"
        );
        Assert.Equal(1 << 20, (await driver.ReadConsoleAsync(spec.Id, Ct)).Length);
    }

    [Fact]
    public async Task The_config_drive_is_roots_alone_and_no_secret_is_an_argument()
    {
        var spec = await BootedAsync(NewDriver());
        var folder = _host.Folder(spec.Id);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.ConfigDrive));
        Assert.Contains("a secret", Encoding.Latin1.GetString(await File.ReadAllBytesAsync(folder.ConfigDrive, Ct)));
        Assert.DoesNotContain("secret", await File.ReadAllTextAsync(folder.Definition, Ct));
        Assert.DoesNotContain(QemuHost.ArgumentsOf(QemuHost.PidOf(folder.Path)), word => word.Contains("secret"));
    }

    [Fact]
    public async Task A_data_folder_too_deep_for_sockets_does()
    {
        var deep = _host.Options(Cloud) with { DataDir = Path.Combine(_host.DataDir, new string('d', 100)) };
        var driver = QemuHost.Driver(deep);
        var spec = await NewSpecAsync();
        try
        {
            await driver.EnsureGuestAsync(spec, Ct);
            Assert.Equal(GuestState.Running, Assert.Single(await ListAsync(QemuHost.Driver(deep))).State);
            await driver.StopGuestAsync(spec.Id, AtOnce, Ct);
            await driver.StartGuestAsync(spec.Id, Ct);
        }
        finally
        {
            await driver.DestroyGuestAsync(spec.Id, CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_guest_holds_its_tap_device_and_leaves_it_behind()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "tap devices need root");
        var tap = $"tap{Guid.NewGuid():N}"[..14];
        await RunAsync("ip", "tuntap", "add", tap, "mode", "tap");
        try
        {
            await RunAsync("ip", "link", "set", tap, "up");
            var spec = await NewSpecAsync();
            await NewDriver().EnsureGuestAsync(spec with { Nics = [NewNic() with { Device = tap }] }, Ct);
            Assert.Equal("1", await CarrierAsync());
            await NewDriver().DestroyGuestAsync(spec.Id, Ct);
            Assert.Equal("0", await CarrierAsync());
        }
        finally
        {
            await RunAsync("ip", "link", "delete", tap);
        }

        async Task<string> CarrierAsync() => (await File.ReadAllTextAsync($"/sys/class/net/{tap}/carrier", Ct)).Trim();
    }

    [Fact]
    public async Task A_QEMU_that_no_longer_listens_is_killed()
    {
        var driver = NewDriver();
        var (stopped, destroyed) = (await NewSpecAsync(), await NewSpecAsync());
        foreach (var spec in (GuestSpec[])[stopped, destroyed])
        {
            await driver.EnsureGuestAsync(spec, Ct);
            await RunAsync("kill", "-STOP", $"{QemuHost.PidOf(_host.Folder(spec.Id).Path)}");
        }
        await driver.DestroyGuestAsync(destroyed.Id, Ct);
        await driver.StopGuestAsync(stopped.Id, LongGrace, Ct);
        await NothingRunsAsync(destroyed.Id);
        await NothingRunsAsync(stopped.Id);
    }

    [Fact]
    public async Task A_device_that_is_no_tap_is_a_fault_in_QEMUs_own_words()
    {
        var spec = await NewSpecAsync();
        spec = spec with { Nics = [NewNic() with { Device = "lo" }] };
        var fault = await RefusesAsync(FaultCode.DriverFailed, () => NewDriver().EnsureGuestAsync(spec, Ct));
        Assert.Contains("(lo)", fault.Message);
        await NothingRunsAsync(spec.Id);
    }

    [Fact]
    public async Task A_device_that_is_missing_is_a_fault_and_is_not_made()
    {
        var spec = await NewSpecAsync();
        spec = spec with { Nics = [NewNic() with { Device = "tap-nowhere" }] };
        var fault = await RefusesAsync(FaultCode.DriverFailed, () => NewDriver().EnsureGuestAsync(spec, Ct));
        Assert.Contains("tap-nowhere", fault.Message);
        await NothingRunsAsync(spec.Id);
    }

    [Fact]
    public async Task A_broken_root_disk_is_a_fault_in_QEMUs_own_words()
    {
        var spec = await NewSpecAsync();
        await File.WriteAllTextAsync(spec.RootDisk!, "no disk at all", Ct);
        var fault = await RefusesAsync(FaultCode.DriverFailed, () => NewDriver().EnsureGuestAsync(spec, Ct));
        Assert.Contains("qcow2", fault.Message);
        await NothingRunsAsync(spec.Id);
    }

    [Fact]
    public async Task A_full_disk_is_told_apart()
    {
        FullDevice.Require();
        var spec = await NewSpecAsync();
        var folder = _host.Folder(spec.Id);
        Directory.CreateDirectory(folder.Path);
        File.CreateSymbolicLink(folder.ConfigDrive + ".new", FullDevice.Path);
        await RefusesAsync(FaultCode.DiskFull, () => NewDriver().EnsureGuestAsync(spec, Ct));
        await NothingRunsAsync(spec.Id);
        Assert.Equal(GuestState.Running, (await NewDriver().EnsureGuestAsync(spec, Ct)).State);
    }

    [Fact]
    public async Task A_QEMU_that_does_not_start_in_time_is_killed()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.In("qemu"), "#!/bin/sh\nsleep 61\n", Ct);
        File.SetUnixFileMode(folder.In("qemu"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var slow = _host.Options(Cloud) with { Binary = folder.In("qemu"), StartLimit = TimeSpan.FromSeconds(0.3) };
        var spec = await NewSpecAsync();
        await RefusesAsync(FaultCode.Timeout, () => QemuHost.Driver(slow).EnsureGuestAsync(spec, Ct));
        await NothingRunsAsync(spec.Id);
    }

    [Fact]
    public async Task Without_QEMU_the_driver_says_what_is_missing()
    {
        var driver = QemuHost.Driver(_host.Options(Cloud) with { Binary = "qemu-system-none" });
        var report = await driver.ProbeAsync(Ct);
        Assert.False(report.Ready);
        Assert.Contains("qemu-system-none is not installed", report.Problem);
        var spec = await NewSpecAsync();
        await RefusesAsync(FaultCode.DriverFailed, () => driver.EnsureGuestAsync(spec, Ct));
    }

    [Fact]
    public async Task The_accelerator_that_is_chosen_really_runs_a_guest()
    {
        var driver = QemuHost.Driver(_host.Options(Cloud) with { Accelerator = null });
        var report = await driver.ProbeAsync(Ct);
        Assert.Contains(report.Facts["kvm"], (string[])["true", "false"]);
        await BootedAsync(driver);
    }

    [Fact]
    public async Task A_command_is_a_span_of_the_callers_trace()
    {
        using var caller = new Activity("step").Start();
        using var spans = new CommandSpans(caller);
        await NewDriver().EnsureGuestAsync(await NewSpecAsync(), Ct);
        var start = Assert.Single(spans.Named("qemu-system-x86_64"));
        Assert.Equal(caller.SpanId, start.ParentSpanId);
        Assert.True((int)start.GetTagItem("command.arguments")! > 20);
    }

    private async Task<GuestSpec> BootedAsync(IHypervisorDriver driver)
    {
        var spec = await NewSpecAsync();
        await driver.EnsureGuestAsync(spec, Ct);
        await Eventually.IsTrueAsync(
            async () => (await driver.ReadConsoleAsync(spec.Id, Ct)).Contains("guest is up"),
            "the guest is up"
        );
        return spec;
    }

    private static Task<string> RunAsync(string program, params string[] arguments) =>
        new Command(TimeProvider.System).RunAsync(new(program, arguments), CancellationToken.None);

    private async Task NothingRunsAsync(ServerId id)
    {
        Assert.False(GuestProcesses.IsAlive(_host.Folder(id)));
        Assert.DoesNotContain(await ListAsync(NewDriver()), guest => guest.State == GuestState.Running);
    }
}
