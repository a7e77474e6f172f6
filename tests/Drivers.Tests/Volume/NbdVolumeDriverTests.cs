using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Volume;
using Pipeline.Drivers.Volume.Nbd;

namespace Pipeline.Drivers.Tests.Volume;

/// <summary>The contract over TCP, where blocks are shared.</summary>
public sealed class NbdVolumeDriverTests(ReflinkDisk disk) : NbdVolumeContract
{
    private readonly string _folder = disk.NewFolder();

    protected override string Folder => _folder;
}

/// <summary>The contract over TCP, where copies are plain ones.</summary>
public sealed class NbdOnPlainFilesTests : NbdVolumeContract
{
    protected override string PageName => "`nbd`, plain copies";

    protected override int Orders => 40;
}

public abstract class NbdVolumeContract : HostVolumeContract
{
    private const string Address = "127.0.0.1";

    protected override bool HasServers => true;

    private readonly int _port = ServerPorts.Range();

    protected override HostConnector Stranger { get; } = new(new HostId(Guid.NewGuid()), "host-2", "127.0.0.9", null);

    protected override IVolumeDriver DriverOf(VolumeOptions options)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the filter of the kernel needs root");
        var nbd = new NbdOptions(Address) { FirstPort = _port, LastPort = _port + 100 };
        return new NbdVolumeDriver(options, nbd, Command, TimeProvider.System);
    }

    protected override async Task<VolumeClient> ConnectAsync(VolumeConnection connection, ExportSpec spec)
    {
        Assert.Equal("nbd", connection.Protocol);
        var server = $"server.type=inet,server.host={connection.Properties["host"]}";
        var options = $"driver=nbd,{server},server.port={connection.Properties["port"]}";
        var export = $"export={connection.Properties["export"]},reconnect-delay={(Waits ? 30 : 0)}";
        return await QemuIoClient.ConnectAsync($"{options},{export}", spec.IsReadOnly);
    }

    protected override async Task GoDownAsync()
    {
        var files = Directory.Exists(Folder) ? Directory.GetFiles(Folder, "*.pid", SearchOption.AllDirectories) : [];
        foreach (var file in files)
            while (new Daemon(file, words => words.Contains($"--pidfile={file}"), TimeProvider.System).Signal(9))
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
    }

    [Fact]
    public async Task Each_attachment_has_a_port_of_its_own_and_keeps_it()
    {
        VolumeSpec[] volumes = [await NewVolumeAsync(), await NewVolumeAsync(), await NewVolumeAsync()];
        var driver = NewDriver();
        ExportSpec[] exports = [.. volumes.Select(volume => NewExport(volume.Id))];
        var ways = await Task.WhenAll(exports.Select(export => Exports(driver).EnsureExportAsync(export, Ct)));
        string[] ports = [.. ways.Select(way => way.Properties["port"])];
        Assert.Equal(3, ports.Distinct().Count());
        await GoDownAsync();
        await Exports(NewDriver()).RestoreExportsAsync(Ct);
        foreach (var (export, port) in exports.Zip(ports))
            Assert.Equal(port, (await Exports(NewDriver()).EnsureExportAsync(export, Ct)).Properties["port"]);
    }

    [Fact]
    public async Task A_server_that_died_is_started_again_when_the_export_is_ensured()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        var export = NewExport(spec.Id);
        await Exports(driver).EnsureExportAsync(export, Ct);
        await GoDownAsync();
        var way = await Exports(driver).EnsureExportAsync(export, Ct);
        await using var client = await ConnectAsync(way, export);
        Assert.True(await client.WriteAsync(Mark.One));
    }

    [Fact]
    public async Task A_connector_that_cannot_be_reached_is_refused()
    {
        var spec = await NewVolumeAsync();
        foreach (var address in (string[])["host-1", "::1", "127.0.0.1, 127.0.0.9 . 80 }"])
        {
            var export = NewExport(spec.Id) with { Connector = Connector with { Address = address } };
            await RefusesAsync(FaultCode.BadRequest, () => Exports(NewDriver()).EnsureExportAsync(export, Ct));
        }
        Assert.Empty(Assert.Single(await ListAsync(NewDriver())).Exports);
    }

    [Fact]
    public async Task The_kernel_keeps_no_rule_of_an_attachment_that_is_gone()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        var export = NewExport(spec.Id);
        var way = await Exports(driver).EnsureExportAsync(export, Ct);
        Assert.Contains($"127.0.0.1 . {way.Properties["port"]}", await RunAsync("nft", "list", "ruleset"));
        await Exports(driver).DeleteExportAsync(spec.Id, export.Attachment, Ct);
        Assert.DoesNotContain($"127.0.0.1 . {way.Properties["port"]}", await RunAsync("nft", "list", "ruleset"));
    }
}
