using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Volume;
using Pipeline.Drivers.Volume.Qcow2;

namespace Pipeline.Drivers.Tests.Volume;

/// <summary>The contract, and what becomes of layers.</summary>
public sealed class Qcow2VolumeDriverTests : HostVolumeContract
{
    private string _binary = "qemu-img";

    protected override bool CutsOff => false;

    protected override IVolumeDriver DriverOf(VolumeOptions options) =>
        new Qcow2VolumeDriver(options with { Binary = _binary }, Command);

    [Fact]
    public async Task Chains_do_not_grow_with_snapshots_that_are_gone()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        for (var i = 0; i < 4; i++)
        {
            await WriteAsync(spec.Id, Mark.One with { At = i << 20, Value = (byte)(i + 1) });
            var id = NewSnapshot();
            await Snapshots(driver).EnsureSnapshotAsync(spec.Id, id, Ct);
            await Snapshots(driver).DeleteSnapshotAsync(spec.Id, id, Ct);
        }
        Assert.Single(Layers());
        for (var i = 0; i < 4; i++)
            Assert.True(await HoldsAsync(spec.Id, Mark.One with { At = i << 20, Value = (byte)(i + 1) }));
    }

    [Fact]
    public async Task A_snapshot_that_goes_while_the_volume_is_attached_is_taken_up_at_the_next()
    {
        var (driver, spec, id) = (NewDriver(), await NewVolumeAsync(), NewSnapshot());
        await WriteAsync(spec.Id, Mark.One);
        await Snapshots(driver).EnsureSnapshotAsync(spec.Id, id, Ct);
        var export = NewExport(spec.Id);
        await using (var client = await ConnectAsync(await Exports(driver).EnsureExportAsync(export, Ct), export))
        {
            await Snapshots(driver).DeleteSnapshotAsync(spec.Id, id, Ct);
            Assert.True(await client.HoldsAsync(Mark.One));
            Assert.True(await client.WriteAsync(Mark.One with { At = 2 << 20 }));
        }
        await Exports(driver).DeleteExportAsync(spec.Id, export.Attachment, Ct);
        Assert.Equal(2, Layers().Length);
        await Snapshots(driver).EnsureSnapshotAsync(spec.Id, NewSnapshot(), Ct);
        Assert.Equal(2, Layers().Length); // the snapshot's, and the volume's above it
        Assert.True(await HoldsAsync(spec.Id, Mark.One));
        Assert.True(await HoldsAsync(spec.Id, Mark.One with { At = 2 << 20 }));
    }

    [Fact]
    public async Task What_a_killed_agent_left_of_a_layer_is_swept_away_and_nothing_else()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        await WriteAsync(spec.Id, Mark.One);
        var clone = NewSpec() with { Source = new(spec.Id) };
        await driver.EnsureVolumeAsync(clone, Ct);
        var layers = Layers();
        await RunAsync("qemu-img", "create", "-q", "-f", "qcow2", layers[0] + "9", "1G");
        await File.WriteAllTextAsync(layers[0] + ".new", "half a layer", Ct);
        await driver.DeleteVolumeAsync(NewId(), Ct);
        Assert.Equal(layers, Layers());
        Assert.True(await HoldsAsync(clone.Id, Mark.One));
    }

    [Fact]
    public async Task A_layer_that_cannot_be_read_stops_the_sweep()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        await driver.EnsureVolumeAsync(NewSpec() with { Source = new(spec.Id) }, Ct);
        var layers = Layers();
        await File.WriteAllTextAsync(layers[^1], "no qcow2 any more", Ct);
        await RefusesAsync(FaultCode.DriverFailed, () => driver.DeleteVolumeAsync(NewId(), Ct));
        Assert.Equal(layers, Layers());
    }

    [Theory, InlineData("before"), InlineData("after")]
    public async Task Whatever_call_of_qemu_img_dies_the_next_agent_ends_where_it_would_have(string dies)
    {
        var (count, calls) = (In("count"), 0);
        for (var failing = 1; failing == 1 || calls >= failing; failing++)
        {
            _binary = await NewFailingAsync(count, failing, dies);
            await LiveThroughAsync();
            calls = int.Parse(await File.ReadAllTextAsync(count, Ct), null);
        }
        Assert.InRange(calls, 6, 20);
    }

    private async Task LiveThroughAsync()
    {
        var (spec, id) = (NewSpec(), NewSnapshot());
        await AgainAsync(driver => driver.EnsureVolumeAsync(spec, Ct));
        await WriteAsync(spec.Id, Mark.One);
        await AgainAsync(driver => Snapshots(driver).EnsureSnapshotAsync(spec.Id, id, Ct));
        await WriteAsync(spec.Id, Mark.Two);
        var (made, clone) = (NewSpec() with { Source = new(spec.Id, id) }, NewSpec() with { Source = new(spec.Id) });
        await AgainAsync(driver => driver.EnsureVolumeAsync(made, Ct));
        await AgainAsync(driver => driver.EnsureVolumeAsync(clone, Ct));
        await AgainAsync(driver => driver.ExtendVolumeAsync(clone.Id, 2 * Gib, Ct));
        Assert.True(await HoldsAsync(made.Id, Mark.One));
        await AgainAsync(driver => driver.DeleteVolumeAsync(made.Id, Ct));
        await AgainAsync(driver => Snapshots(driver).DeleteSnapshotAsync(spec.Id, id, Ct));
        await AgainAsync(driver => driver.DeleteVolumeAsync(spec.Id, Ct));
        Assert.Equal(
            (clone.Id, 2 * Gib),
            Assert.Single(await ListAsync(NewDriver())) switch
            {
                var v => (v.Id, v.Bytes),
            }
        );
        Assert.True(await HoldsAsync(clone.Id, Mark.Two));
        await AgainAsync(driver => driver.DeleteVolumeAsync(clone.Id, Ct));
        Assert.Empty(Layers());
    }

    private async Task AgainAsync(Func<IVolumeDriver, Task> order)
    {
        try
        {
            await order(NewDriver());
        }
        catch (Fault fault) when (fault.Code == FaultCode.DriverFailed)
        {
            await order(NewDriver());
        }
    }

    /// <summary>A qemu-img that fails at one of its calls, with that done or not done.</summary>
    private async Task<string> NewFailingAsync(string count, int failing, string dies)
    {
        var path = In($"qemu-img-{failing}");
        await File.WriteAllTextAsync(count, "0", Ct);
        await File.WriteAllTextAsync(
            path,
            $"""
            #!/bin/sh
            n=$(($(cat {count}) + 1))
            echo $n >{count}
            [ $n = {failing} ] && [ {dies} = before ] && exit 1
            qemu-img "$@" || exit 1
            [ $n != {failing} ]
            """,
            Ct
        );
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private string[] Layers() =>
        [.. Directory.GetFiles(Path.Combine(Folder, Cloud, "layers")).Order(StringComparer.Ordinal)];
}
