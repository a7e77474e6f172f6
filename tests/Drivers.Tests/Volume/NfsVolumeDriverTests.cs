using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Volume;
using Pipeline.Drivers.Volume.Nfs;

namespace Pipeline.Drivers.Tests.Volume;

/// <summary>The contract over NFS, where blocks are shared.</summary>
public sealed class NfsVolumeDriverTests(ReflinkDisk disk) : NfsVolumeContract
{
    private readonly string _folder = disk.NewFolder();

    protected override string Folder => _folder;
}

/// <summary>The contract over NFS, where copies are plain ones.</summary>
public sealed class NfsOnPlainFilesTests : NfsVolumeContract
{
    protected override string PageName => "`nfs`, plain copies";

    protected override int Orders => 40;
}

/// <summary>Clients find the server on ports that are the protocol's, so each test has a network of its own.</summary>
public abstract class NfsVolumeContract : HostVolumeContract, IAsyncLifetime
{
    private const string Address = "10.77.0.1";

    private string _address = Address;

    private readonly NfsHost _host = new($"pipeline-nfs-{Guid.NewGuid():N}"[..24]);

    protected override HostConnector Stranger { get; } = new(new HostId(Guid.NewGuid()), "host-2", "10.77.0.9", null);

    public async ValueTask InitializeAsync() => await _host.MakeAsync(Address);

    protected override IVolumeDriver DriverOf(VolumeOptions options)
    {
        var nfs = new NfsOptions(_address) { Run = In("run"), Namespace = _host.Space };
        return new NfsVolumeDriver(options, nfs, Command, TimeProvider.System);
    }

    protected override async Task<VolumeClient> ConnectAsync(VolumeConnection connection, ExportSpec spec) =>
        await _host.ConnectAsync(connection, spec);

    protected override bool HasServers => true;

    protected override Task GoDownAsync() => _host.GoDownAsync();

    protected override Task KillServersAsync() => _host.KillServerAsync(In("run"));

    protected override Task EndAsync() => _host.RemoveAsync();

    [Fact]
    public async Task A_machine_that_is_alone_serves_its_own_guests()
    {
        _address = "127.0.0.1";
        var volume = await NewVolumeAsync();
        var alone = NewExport(volume.Id) with { Connector = Stranger with { Address = _address } };
        var way = await Exports(NewDriver()).EnsureExportAsync(alone, Ct);
        Assert.Equal(_address, way.Properties["server"]);
        await using var client = await ConnectAsync(way, alone);
        Assert.True(await client.WriteAsync(Mark.One));
    }

    [Fact]
    public async Task One_server_serves_all_that_is_attached_and_comes_back_with_all_of_it()
    {
        var (driver, one, other) = (NewDriver(), await NewVolumeAsync(), await NewVolumeAsync());
        ExportSpec[] exports = [NewExport(one.Id), NewExport(other.Id)];
        var ways = await Task.WhenAll(exports.Select(export => Exports(driver).EnsureExportAsync(export, Ct)));
        Assert.Equal(2, (await _host.ProcessesAsync()).Length); // and the portmapper
        await GoDownAsync();
        await Exports(driver).EnsureExportAsync(exports[0], Ct);
        await using var client = await ConnectAsync(ways[1], exports[1]);
        Assert.True(await client.WriteAsync(Mark.One));
    }

    [Fact]
    public async Task A_volume_grows_under_who_has_it_open()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        var export = NewExport(spec.Id);
        var way = await Exports(driver).EnsureExportAsync(export, Ct);
        await using var client = await _host.ConnectAsync(way, export);
        Assert.False(await client.WriteAsync(Mark.Far));
        await driver.ExtendVolumeAsync(spec.Id, 2 * Gib, Ct);
        Assert.True(await client.GrowAsync(2 * Gib));
        Assert.True(await client.WriteAsync(Mark.Far));
        Assert.Equal(2 * Gib, Assert.Single(await ListAsync(driver)).Bytes);
    }

    [Fact]
    public async Task Only_the_volume_is_reached_and_as_a_user_that_owns_nothing_else()
    {
        var (driver, one, other) = (NewDriver(), await NewVolumeAsync(), await NewVolumeAsync());
        ExportSpec[] exports = [NewExport(one.Id), NewExport(other.Id)];
        var way = await Exports(driver).EnsureExportAsync(exports[0], Ct);
        await Exports(driver).EnsureExportAsync(exports[1], Ct);
        var more = $"nfs://{Address}{way.Properties["share"]}/more";
        var made = await Command.TryAsync(
            new("ip", ["netns", "exec", _host.Space, "qemu-img", "create", "-f", "raw", more, "1M"]),
            Ct
        );
        Assert.Contains("NFS3ERR_ACCES", made.Error);
        string[] owners = [await OwnerAsync(one), await OwnerAsync(other)];
        Assert.Equal(2, owners.Distinct().Count());
        Assert.DoesNotContain("0 600", owners);
        await RunAsync("chmod", "666", Data(one)); // as its host could
        foreach (var export in exports)
            await Exports(driver).DeleteExportAsync(export.Volume, export.Attachment, Ct);
        Assert.Equal(["0 600", "0 600"], [await OwnerAsync(one), await OwnerAsync(other)]);
    }

    [Fact]
    public async Task Another_way_to_the_same_volume_is_another_number_though_the_first_is_gone()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        var numbers = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var export = NewExport(spec.Id);
            await Exports(driver).EnsureExportAsync(export, Ct);
            var config = await File.ReadAllTextAsync(Assert.Single(_host.ConfigsIn(In("run"))), Ct);
            numbers.Add(Assert.Single(config.Split('\n'), line => line.Contains("Export_Id")));
            await Exports(driver).DeleteExportAsync(spec.Id, export.Attachment, Ct);
        }
        Assert.Equal(3, numbers.Distinct().Count());
    }

    private Task<string> OwnerAsync(VolumeSpec spec) => _host.OwnerAsync(Data(spec));

    private string Data(VolumeSpec spec) => Path.Combine(Folder, Cloud, "volumes", $"{spec.Id}", "data");
}
