using System.Text.Json;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Hypervisor.Qemu;
using Pipeline.Drivers.Tests.Volume;
using Pipeline.Drivers.Volume;
using Pipeline.Drivers.Volume.Iscsi;
using Pipeline.Drivers.Volume.Nbd;

namespace Pipeline.Drivers.Tests.Hypervisor;

/// <summary>Disks of guests that lie behind real servers of volumes.</summary>
public sealed class QemuNetworkVolumeTests : IAsyncDisposable
{
    private const string Cloud = "cloud-a";
    private const string Address = "127.0.0.1";
    private readonly Command _command = new(TimeProvider.System);
    private readonly TempFolder _folder = new();
    private readonly QemuHost _host = new();
    private readonly HostConnector _connector = new(
        new HostId(Guid.NewGuid()),
        "host-1",
        Address: null,
        Initiator: null
    );
    private readonly string _password = $"{Guid.NewGuid():N}"[..16];
    private readonly List<(IVolumeExports Driver, ExportSpec Spec)> _exports = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private QemuDriver Driver =>
        QemuHost.Driver(
            _host.Options(Cloud) with
            {
                ReconnectLimit = TimeSpan.FromSeconds(1),
                ReviveEvery = TimeSpan.Zero,
            }
        );

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        foreach (var (driver, export) in _exports)
            await driver.DeleteExportAsync(export.Volume, export.Attachment, CancellationToken.None);
        await StopTargetsAsync();
        _folder.Dispose();
    }

    [Theory, InlineData("nbd"), InlineData("iscsi")]
    public async Task A_guest_boots_from_a_network_volume_and_is_given_another(string protocol)
    {
        var (driver, boot, data) = (Driver, await NewVolumeAsync(protocol), await NewVolumeAsync(protocol));
        var spec = await BootedAsync(driver, boot);
        Assert.Equal("/dev/vdb", await driver.AttachVolumeAsync(spec.Id, data, Ct));
        Assert.Equal($"{data.Volume}"[..20], await AskAsync(spec.Id, data, "serial"));
        var folder = _host.Folder(spec.Id);
        Assert.DoesNotContain(QemuHost.ArgumentsOf(QemuHost.PidOf(folder.Path)), word => word.Contains(_password));
        Assert.DoesNotContain(_password, await File.ReadAllTextAsync(folder.Definition, Ct));
        await driver.DetachVolumeAsync(spec.Id, data.Attachment, Ct);
        Assert.Equal([boot.Attachment], await _host.DisksAsync(spec.Id));
        Assert.False(File.Exists(folder.PasswordOf(data.Attachment)));
    }

    [Theory, InlineData("nbd"), InlineData("iscsi")]
    public async Task A_guest_whose_server_is_away_goes_on_when_it_is_back(string protocol)
    {
        var (driver, boot) = (Driver, await NewVolumeAsync(protocol));
        var spec = await BootedAsync(driver, boot);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var watch = WatchAsync(driver, watching.Token);
        await StopServersAsync();
        await _host.TypeAsync(spec.Id, "w");
        if (protocol == "nbd")
            await Eventually.IsTrueAsync(async () => await StateAsync(spec.Id) == "io-error", "the guest stands still");
        foreach (var (exports, _) in _exports)
            await exports.RestoreExportsAsync(Ct);
        await Eventually.IsTrueAsync(
            async () => (await driver.ReadConsoleAsync(spec.Id, Ct)).EndsWith('w'),
            "what the guest wrote is written"
        );
        await watching.CancelAsync();
        await watch;
    }

    [Fact]
    public async Task A_guest_is_told_that_its_server_is_away_where_its_host_says_so()
    {
        var told = _host.Options(Cloud) with { ReconnectLimit = TimeSpan.FromSeconds(1), ReportsIoErrors = true };
        var (driver, boot) = (QemuHost.Driver(told), await NewVolumeAsync("nbd"));
        var spec = await BootedAsync(driver, boot);
        await StopServersAsync();
        await _host.TypeAsync(spec.Id, "w");
        await Eventually.IsTrueAsync(
            async () => (await driver.ReadConsoleAsync(spec.Id, Ct)).EndsWith('f'),
            "the guest says that it could not write"
        );
        Assert.Equal("running", await StateAsync(spec.Id));
    }

    [Fact]
    public async Task A_volume_that_cannot_be_reached_is_refused_and_nothing_of_it_stays()
    {
        var (driver, volume) = (Driver, await NewVolumeAsync("iscsi"));
        var spec = await BootedAsync(driver, await NewVolumeAsync("nbd"));
        await RefusesAsync(volume with { Password = new string('x', 16) });
        var away = new SortedDictionary<string, string>(volume.Connection.Properties.ToDictionary()) { ["port"] = "9" };
        await RefusesAsync(volume with { Connection = volume.Connection with { Properties = away } });
        Assert.Single(await _host.DisksAsync(spec.Id));
        Assert.Equal("/dev/vdb", await driver.AttachVolumeAsync(spec.Id, volume, Ct));

        async Task RefusesAsync(GuestVolume wrong)
        {
            var fault = await Assert.ThrowsAsync<Fault>(() => driver.AttachVolumeAsync(spec.Id, wrong, Ct));
            Assert.Equal(FaultCode.DriverFailed, fault.Code);
            Assert.DoesNotContain(wrong.Password!, fault.Message);
        }
    }

    [Fact]
    public async Task A_volume_is_limited_and_grows_under_its_guest()
    {
        var (driver, path) = (Driver, _folder.In("volume.raw"));
        await _command.RunAsync(new("truncate", ["-s", "1G", path]), Ct);
        var spec = await BootedAsync(driver, await NewVolumeAsync("nbd"));
        var way = new VolumeConnection("file", new Dictionary<string, string> { ["path"] = path, ["format"] = "raw" });
        var volume = VolumeOf(way, new(Guid.NewGuid()), new(Guid.NewGuid())) with
        {
            Limits = new Dictionary<string, long> { ["total_iops_sec"] = 77, ["write_bytes_sec_max"] = 4096 },
        };
        var fault = await Assert.ThrowsAsync<Fault>(() => driver.AttachVolumeAsync(spec.Id, volume, Ct));
        Assert.Contains("bps_max", fault.Message); // a burst is beyond a limit, or none: QEMU's own words
        volume = volume with { Limits = new Dictionary<string, long> { ["total_iops_sec"] = 77 } };
        await driver.AttachVolumeAsync(spec.Id, volume, Ct);
        await _command.RunAsync(new("truncate", ["-s", "2G", path]), Ct);
        await driver.ResizeVolumeAsync(spec.Id, volume.Attachment, 2L << 30, Ct);
        await driver.ResizeVolumeAsync(spec.Id, volume.Attachment, 1L << 30, Ct); // late: it does not shrink
        Assert.Equal(2L << 30, await SizeAsync(spec.Id, volume.Attachment));
        await using var qmp = await _host.SpeakAsync(spec.Id);
        var limits = new System.Text.Json.Nodes.JsonObject
        {
            ["path"] = $"/objects/limits-{volume.Attachment}",
            ["property"] = "limits",
        };
        Assert.Equal(77, (await qmp.ExecuteAsync("qom-get", limits, Ct)).GetProperty("iops-total").GetInt64());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_volume_behind_a_server_grows_under_its_guest(bool limited)
    {
        var (driver, boot, data) = (Driver, await NewVolumeAsync("nbd"), await NewVolumeAsync("nbd"));
        if (limited)
            data = data with { Limits = new Dictionary<string, long> { ["total_iops_sec"] = 5000 } };
        var spec = await BootedAsync(driver, boot);
        await driver.AttachVolumeAsync(spec.Id, data, Ct);
        foreach (var volume in (GuestVolume[])[boot, data])
        foreach (var gib in (long[])[2, 3, 5]) // each time over to another connection
        {
            await ((IVolumeDriver)_exports[0].Driver).ExtendVolumeAsync(volume.Volume, gib << 30, Ct);
            await driver.ResizeVolumeAsync(spec.Id, volume.Attachment, gib << 30, Ct);
            await driver.ResizeVolumeAsync(spec.Id, volume.Attachment, gib << 30, Ct);
            Assert.Equal(gib << 30, await SizeAsync(spec.Id, volume.Attachment));
        }
        var before = (await driver.ReadConsoleAsync(spec.Id, Ct)).Length;
        await _host.TypeAsync(spec.Id, "w"); // it writes it to the disk that it booted from, and then to the console
        await Eventually.IsTrueAsync(
            async () => (await driver.ReadConsoleAsync(spec.Id, Ct)).Length > before,
            "it writes by the new connection"
        );
        var away = await Assert.ThrowsAsync<Fault>(() =>
            driver.ResizeVolumeAsync(spec.Id, data.Attachment, 6L << 30, Ct)
        );
        Assert.Equal(FaultCode.DriverFailed, away.Code); // its server has not grown
        await driver.DetachVolumeAsync(spec.Id, data.Attachment, Ct);
        Assert.DoesNotContain(
            await NodesAsync(spec.Id),
            node => NameOf(node).Contains($"{data.Attachment.Value:N}"[..22])
        );
        await driver.AttachVolumeAsync(spec.Id, data, Ct);
        Assert.Equal(5L << 30, await SizeAsync(spec.Id, data.Attachment));
    }

    [Theory, InlineData("nbd", "iscsi"), InlineData("iscsi", "nbd")]
    public async Task A_volume_of_another_transport_takes_the_place_of_what_a_guest_booted_from(string from, string to)
    {
        var (driver, boot, next) = (Driver, await NewVolumeAsync(from), await NewVolumeAsync(to, gib: 2));
        next = next with { Limits = new Dictionary<string, long> { ["total_iops_sec"] = 5000 } };
        var spec = await BootedAsync(driver, boot);
        await Eventually.IsTrueAsync(() => IsAlikeAsync(driver, spec.Id, boot, next), "both volumes are alike");
        await _host.TypeAsync(spec.Id, "w");
        Assert.True(await driver.PivotVolumeAsync(spec.Id, boot.Attachment, next, Ct));
        Assert.True(await _host.UsesAsync(spec.Id, next.Attachment));
        Assert.Equal(2L << 30, await SizeAsync(spec.Id, next.Attachment));
        Assert.DoesNotContain(
            await NodesAsync(spec.Id),
            node => NameOf(node).Contains($"{boot.Attachment.Value:N}"[..22])
        );
        if (to == "nbd")
        {
            var server = (IVolumeDriver)_exports.Single(known => known.Spec.Attachment == next.Attachment).Driver;
            await server.ExtendVolumeAsync(next.Volume, 3L << 30, Ct);
            await driver.ResizeVolumeAsync(spec.Id, next.Attachment, 3L << 30, Ct);
            Assert.Equal(3L << 30, await SizeAsync(spec.Id, next.Attachment));
        }
        var export = _exports.Single(known => known.Spec.Attachment == boot.Attachment);
        await export.Driver.DeleteExportAsync(boot.Volume, boot.Attachment, Ct); // nobody has it any more
        var before = (await driver.ReadConsoleAsync(spec.Id, Ct)).Length;
        await _host.TypeAsync(spec.Id, "w");
        await Eventually.IsTrueAsync(
            async () =>
                (await driver.ReadConsoleAsync(spec.Id, Ct)) is { } said && said.Length > before && said[^1] == 'w',
            "it writes to the other"
        );
        await driver.StopGuestAsync(spec.Id, TimeSpan.Zero, Ct);
        before = (await driver.ReadConsoleAsync(spec.Id, Ct)).Length;
        await driver.StartGuestAsync(spec.Id, Ct);
        await Eventually.IsTrueAsync(
            async () => (await driver.ReadConsoleAsync(spec.Id, Ct))[before..].Contains("guest is up"),
            "it boots from the other"
        );
    }

    [Fact]
    public async Task A_guest_that_does_not_let_go_keeps_its_disk()
    {
        var options = _host.Options(Cloud) with { DetachGrace = TimeSpan.FromMilliseconds(300) };
        var (driver, disk) = (QemuHost.Driver(options), await _host.NewEmptyDiskAsync());
        var spec = NewSpec(new(Guid.NewGuid()), disk);
        await driver.EnsureGuestAsync(spec, Ct);
        var volume = await NewVolumeAsync("nbd");
        await driver.AttachVolumeAsync(spec.Id, volume, Ct);
        var fault = await Assert.ThrowsAsync<Fault>(() => driver.DetachVolumeAsync(spec.Id, volume.Attachment, Ct));
        Assert.Equal(FaultCode.Conflict, fault.Code);
        Assert.Equal([volume.Attachment], await _host.DisksAsync(spec.Id));
        await driver.StopGuestAsync(spec.Id, TimeSpan.Zero, Ct);
        await driver.DetachVolumeAsync(spec.Id, volume.Attachment, Ct);
        await driver.StartGuestAsync(spec.Id, Ct);
        Assert.Empty(await _host.DisksAsync(spec.Id));
    }

    private static async Task<bool> IsAlikeAsync(QemuDriver driver, ServerId id, GuestVolume old, GuestVolume next)
    {
        try
        {
            await driver.MirrorVolumeAsync(id, old.Attachment, next, Ct);
            return true;
        }
        catch (Fault fault) when (fault.Code == FaultCode.Unavailable)
        {
            return false;
        }
    }

    private async Task<GuestSpec> BootedAsync(QemuDriver driver, GuestVolume boot)
    {
        var spec = NewSpec(new(Guid.NewGuid()), disk: null) with { Volumes = [boot with { BootIndex = 0 }] };
        await driver.EnsureGuestAsync(spec, Ct);
        await Eventually.IsTrueAsync(
            async () => (await driver.ReadConsoleAsync(spec.Id, Ct)).Contains("guest is up"),
            "the guest is up"
        );
        return spec;
    }

    private async Task<IReadOnlyList<JsonElement>> NodesAsync(ServerId id)
    {
        await using var qmp = await _host.SpeakAsync(id);
        var nodes = await qmp.ExecuteAsync("query-named-block-nodes", new() { ["flat"] = true }, Ct);
        return [.. nodes.EnumerateArray()];
    }

    private async Task<long> SizeAsync(ServerId id, AttachmentId attachment) =>
        (await NodesAsync(id))
            .Single(node => NameOf(node) == QemuVolume.NodeOf(attachment))
            .GetProperty("image")
            .GetProperty("virtual-size")
            .GetInt64();

    private static string NameOf(JsonElement node) => node.GetProperty("node-name").GetString()!;

    private static GuestSpec NewSpec(ServerId id, string? disk) => new(id, Cloud, "vm", 1, 32, disk, [], null);

    /// <summary>A volume from which a guest boots, behind a server.</summary>
    private async Task<GuestVolume> NewVolumeAsync(string protocol, int gib = 1)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the filter of the kernel needs root");
        var driver =
            _exports.Select(known => known.Driver).FirstOrDefault(known => IsOf(known, protocol)) ?? Make(protocol);
        var (id, attachment, image) = (
            new VolumeId(Guid.NewGuid()),
            new AttachmentId(Guid.NewGuid()),
            _folder.In("boot")
        );
        await File.WriteAllBytesAsync(image, QemuHost.BootSectors(), Ct);
        await ((IVolumeDriver)driver).EnsureVolumeAsync(new(id, Cloud, (long)gib << 30), Ct);
        await ((IVolumeContent)driver).WriteImageAsync(id, new(new(Guid.NewGuid()), image, "raw"), null, Ct);
        var export = new ExportSpec(id, attachment, _connector, IsReadOnly: false, _password);
        _exports.Add((driver, export));
        return VolumeOf(await driver.EnsureExportAsync(export, Ct), id, attachment) with
        {
            Password = protocol == "iscsi" ? _password : null,
        };
    }

    private static GuestVolume VolumeOf(VolumeConnection way, VolumeId id, AttachmentId attachment) =>
        new(attachment, id, way, IsReadOnly: false, Device: null);

    private static bool IsOf(IVolumeExports driver, string protocol) =>
        driver is NbdVolumeDriver ? protocol == "nbd" : protocol == "iscsi";

    private IVolumeExports Make(string protocol)
    {
        var options = new VolumeOptions(_folder.In(protocol), Cloud) { ReservedBytes = 0 };
        var port = protocol == "nbd" ? ServerPorts.Range() : ServerPorts.Pair();
        return protocol == "nbd"
            ? new NbdVolumeDriver(
                options,
                new NbdOptions(Address) { FirstPort = port, LastPort = port + 20 },
                _command,
                TimeProvider.System
            )
            : new IscsiVolumeDriver(
                options,
                new IscsiOptions(Address) { Port = port, Run = _folder.In("run") },
                _command,
                TimeProvider.System
            );
    }

    private async Task StopServersAsync()
    {
        foreach (var file in Files("*.pid"))
        {
            var server = new Daemon(file, words => words.Any(word => word.Contains(file)), TimeProvider.System);
            while (server.Signal(9))
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Ct);
        }
    }

    // One that is killed leaves its semaphores to the kernel, so in the end it is told to go.
    private async Task StopTargetsAsync()
    {
        foreach (var file in Files("tgtd.pid"))
        {
            string[] stop = ["tgtadm", "--op", "delete", "--mode", "system"];
            var socket = Path.Combine(Path.GetDirectoryName(file)!, "tgtd");
            await _command.TryAsync(new("env", [$"TGT_IPC_SOCKET={socket}", .. stop]), CancellationToken.None);
            await new Daemon(file, words => words.Contains($"--pid-file={file}"), TimeProvider.System).StopAsync(
                CancellationToken.None
            );
        }
    }

    private string[] Files(string pattern) =>
        Directory.GetFiles(Path.GetDirectoryName(_folder.In("x"))!, pattern, SearchOption.AllDirectories);

    private async Task<string?> AskAsync(ServerId id, GuestVolume volume, string property)
    {
        await using var qmp = await _host.SpeakAsync(id);
        var path = $"/machine/peripheral/{QemuVolume.DeviceOf(volume.Attachment)}";
        var question = new System.Text.Json.Nodes.JsonObject { ["path"] = path, ["property"] = property };
        return (await qmp.ExecuteAsync("qom-get", question, Ct)).GetString();
    }

    private async Task<string?> StateAsync(ServerId id)
    {
        await using var qmp = await _host.SpeakAsync(id);
        return (await qmp.ExecuteAsync("query-status", Ct)).GetProperty("status").GetString();
    }

    private static async Task WatchAsync(QemuDriver driver, CancellationToken ct)
    {
        try
        {
            await foreach (var _ in driver.EndedAsync(ct)) { }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
