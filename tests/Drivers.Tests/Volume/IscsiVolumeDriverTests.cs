using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Volume;
using Pipeline.Drivers.Volume.Iscsi;

namespace Pipeline.Drivers.Tests.Volume;

/// <summary>The contract over iSCSI with passwords.</summary>
public sealed class IscsiVolumeDriverTests(ReflinkDisk disk) : HostVolumeContract
{
    private const string Address = "127.0.0.1";

    private readonly string _folder = disk.NewFolder();
    private readonly int _port = ServerPorts.Pair();

    protected override string Folder => _folder;

    protected override bool HasServers => true;

    protected override string Password { get; } = Guid.NewGuid().ToString("N")[..16];

    protected override HostConnector Stranger { get; } = new(new HostId(Guid.NewGuid()), "host-2", "127.0.0.9", null);

    protected override IVolumeDriver DriverOf(VolumeOptions options)
    {
        var iscsi = new IscsiOptions(Address) { Port = PortOf(options.Cloud), Run = In("run") };
        return new IscsiVolumeDriver(options, iscsi, Command, TimeProvider.System);
    }

    protected override async Task<VolumeClient> ConnectAsync(VolumeConnection connection, ExportSpec spec)
    {
        Assert.Equal("iscsi", connection.Protocol);
        var way = connection.Properties;
        var portal = $"transport=tcp,portal={way["host"]}:{way["port"]}";
        var account = spec.Password is null ? "" : $",user={way["user"]},password-secret=secret";
        var options = $"driver=iscsi,{portal},target={way["target"]},lun={way["lun"]}{account}";
        return await QemuIoClient.ConnectAsync(options, spec.IsReadOnly, spec.Password);
    }

    protected override async Task GoDownAsync()
    {
        foreach (var folder in Servers())
            while (ServerIn(folder).Signal(9))
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
    }

    // One that is killed leaves its semaphores to the kernel, so in the end it is told to go.
    protected override async Task EndAsync()
    {
        foreach (var folder in Servers())
        {
            string[] stop = ["tgtadm", "--op", "delete", "--mode", "system"];
            await Command.TryAsync(new("env", [$"TGT_IPC_SOCKET={folder}/tgtd", .. stop]), CancellationToken.None);
            await ServerIn(folder).StopAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task One_server_serves_all_that_is_attached_and_waits_for_more()
    {
        var (driver, spec, other) = (NewDriver(), await NewVolumeAsync(), await NewVolumeAsync());
        ExportSpec[] exports = [NewExport(spec.Id), NewExport(other.Id)];
        await Task.WhenAll(exports.Select(export => Exports(driver).EnsureExportAsync(export, Ct)));
        var server = ServerIn(Assert.Single(Servers())).FindId();
        Assert.NotNull(server);
        foreach (var export in exports)
            await Exports(driver).DeleteExportAsync(export.Volume, export.Attachment, Ct);
        await Exports(NewDriver()).EnsureExportAsync(exports[0], Ct);
        Assert.Equal(server, ServerIn(Assert.Single(Servers())).FindId());
    }

    [Fact]
    public async Task A_server_that_died_comes_back_with_all_its_targets()
    {
        var (driver, one, other) = (NewDriver(), await NewVolumeAsync(), await NewVolumeAsync());
        ExportSpec[] exports = [NewExport(one.Id), NewExport(other.Id)];
        foreach (var export in exports)
            await Exports(driver).EnsureExportAsync(export, Ct);
        await GoDownAsync();
        await Exports(driver).EnsureExportAsync(exports[0], Ct);
        var way = await Exports(NewDriver()).EnsureExportAsync(exports[1], Ct);
        await using var client = await ConnectAsync(way, exports[1]);
        Assert.True(await client.WriteAsync(Mark.One));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_a_clear_fault_and_no_server_stays()
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, PortOf(Cloud));
        other.Start();
        var spec = await NewVolumeAsync();
        var fault = await RefusesAsync(
            FaultCode.DriverFailed,
            () => Exports(NewDriver()).EnsureExportAsync(NewExport(spec.Id), Ct)
        );
        Assert.Contains("the port may be taken", fault.Message);
        Assert.DoesNotContain(Password, fault.Message);
        Assert.Empty(Servers());
    }

    [Theory, InlineData("short"), InlineData("with,comma-and-more"), InlineData("with blank and more")]
    public async Task A_password_that_the_server_would_misread_is_refused_and_not_repeated(string password)
    {
        var spec = await NewVolumeAsync();
        var export = NewExport(spec.Id) with { Password = password };
        var fault = await RefusesAsync(FaultCode.BadRequest, () => Exports(NewDriver()).EnsureExportAsync(export, Ct));
        Assert.DoesNotContain(password, fault.Message);
    }

    [Fact]
    public void Targets_are_read_with_the_addresses_that_they_answer()
    {
        const string text = """
            Target 1: iqn.2026-01.pipeline:a
                System information:
                    Driver: iscsi
                I_T nexus information:
                LUN information:
                    LUN: 0
                        Type: controller
                Account information:
                    user
                ACL information:
                    192.0.2.1
            Target 12: iqn.2026-01.pipeline:b
                Account information:
                ACL information:

            """;
        var targets = Target.Parse(text);
        Assert.Equal(
            ["1 iqn.2026-01.pipeline:a", "12 iqn.2026-01.pipeline:b"],
            targets.Select(t => $"{t.Number} {t.Name}")
        );
        Assert.Equal(["192.0.2.1"], targets[0].Addresses);
        Assert.Empty(targets[1].Addresses);
    }

    private string[] Servers() =>
        Directory.Exists(In("run")) ? Directory.GetDirectories(In("run"), "iscsi-*", SearchOption.AllDirectories) : [];

    private static Daemon ServerIn(string folder)
    {
        var file = Path.Combine(folder, "tgtd.pid");
        return new Daemon(file, arguments => arguments.Contains($"--pid-file={file}"), TimeProvider.System);
    }

    // Each cloud's server has a portal of its own.
    private int PortOf(string cloud) => cloud == Cloud ? _port : _port + 1;
}
