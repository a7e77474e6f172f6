using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Volume;

/// <summary>
/// What every volume driver promises; the fake passes it too. Rows about what is exported are in
/// <see cref="VolumeExportContract"/>.
/// </summary>
public abstract class VolumeDriverContract
{
    protected const long Gib = 1L << 30;

    protected string Cloud { get; } = $"cloud-{Guid.NewGuid():N}";

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A driver as a new agent on the same host makes it.</summary>
    protected abstract IVolumeDriver DriverOf(string cloud);

    /// <summary>A good image in the host's cache, smaller than a volume, that holds the mark.</summary>
    protected abstract Task<CachedImage> NewImageAsync(Mark mark, string format);

    /// <summary>An image that has more bytes than a volume of 1 GiB.</summary>
    protected abstract Task<CachedImage> NewLargeImageAsync();

    /// <summary>What a file made of a volume has at the mark's place.</summary>
    protected abstract Task<bool> HasAsync(string path, string format, Mark mark);

    /// <summary>A file's virtual size in bytes.</summary>
    protected abstract Task<long> SizeOfAsync(string path, string format);

    /// <summary>A guest's host that has the volume open.</summary>
    protected abstract Task<VolumeClient> ConnectAsync(VolumeConnection connection, ExportSpec spec);

    /// <summary>Makes what a killed agent left of a volume that it was making.</summary>
    protected abstract void LeaveHalf(VolumeId id);

    /// <summary>A path for a file of the test's own.</summary>
    protected abstract string NewPath();

    /// <summary>The guest's host: the backend's own.</summary>
    protected virtual HostConnector Connector { get; } = new(new HostId(Guid.NewGuid()), "host-1", null, null);

    /// <summary>What the transport's attachments have; null where it needs none.</summary>
    protected virtual string? Password => null;

    [Fact]
    public async Task An_ensured_volume_is_listed_by_the_next_agent_too()
    {
        var spec = await NewVolumeAsync();
        await NewDriver().EnsureVolumeAsync(spec, Ct);
        var listed = Assert.Single(await ListAsync(NewDriver()));
        Assert.Equal((spec.Id, Gib), (listed.Id, listed.Bytes));
        Assert.Empty(listed.Snapshots);
        Assert.Empty(listed.Exports);
        Assert.True(listed.Allocated is null or < 16 << 20, $"a blank volume takes {listed.Allocated} bytes");
    }

    [Fact]
    public async Task A_new_volume_reads_as_zeros_after_another_one_went()
    {
        var first = await NewVolumeAsync();
        await WriteAsync(first.Id, Mark.One);
        await NewDriver().DeleteVolumeAsync(first.Id, Ct);
        var next = await NewVolumeAsync();
        Assert.True(await HoldsAsync(next.Id, Mark.One with { Value = 0 }));
    }

    [Fact]
    public async Task Deleting_what_is_not_there_is_success()
    {
        var (driver, volume) = (NewDriver(), NewId());
        await driver.DeleteVolumeAsync(volume, Ct);
        await Snapshots(driver).DeleteSnapshotAsync(volume, NewSnapshot(), Ct);
        await Exports(driver).DeleteExportAsync(volume, NewAttachment(), Ct);
        await Exports(driver).RestoreExportsAsync(Ct);
        var there = await NewVolumeAsync();
        await Snapshots(driver).DeleteSnapshotAsync(there.Id, NewSnapshot(), Ct);
        await Exports(driver).DeleteExportAsync(there.Id, NewAttachment(), Ct);
        await driver.DeleteVolumeAsync(there.Id, Ct);
        await driver.DeleteVolumeAsync(there.Id, Ct);
        Assert.Empty(await ListAsync(driver));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        var (driver, id, image) = (NewDriver(), NewId(), await NewImageAsync(Mark.One, "raw"));
        await RefusesAsync(FaultCode.NotFound, () => driver.ExtendVolumeAsync(id, Gib, Ct));
        await RefusesAsync(FaultCode.NotFound, () => Snapshots(driver).EnsureSnapshotAsync(id, NewSnapshot(), Ct));
        await RefusesAsync(FaultCode.NotFound, () => Content(driver).WriteImageAsync(id, image, null, Ct));
        await RefusesAsync(FaultCode.NotFound, () => Content(driver).ReadImageAsync(id, NewPath(), "raw", null, Ct));
        await RefusesAsync(FaultCode.NotFound, () => Exports(driver).EnsureExportAsync(NewExport(id), Ct));
        Assert.Empty(await ListAsync(driver));
    }

    [Fact]
    public async Task Bad_specs_are_refused_and_nothing_is_made()
    {
        var (driver, source) = (NewDriver(), await NewVolumeAsync(2));
        var snapshot = NewSnapshot();
        await Snapshots(driver).EnsureSnapshotAsync(source.Id, snapshot, Ct);
        var spec = NewSpec();
        (FaultCode, VolumeSpec)[] wrong =
        [
            (FaultCode.BadRequest, spec with { Cloud = "cloud-b" }),
            (FaultCode.BadRequest, spec with { Bytes = 0 }),
            (FaultCode.BadRequest, spec with { Bytes = Gib + 512 }),
            (FaultCode.BadRequest, spec with { Source = new(spec.Id) }),
            (FaultCode.BadRequest, spec with { Source = new(source.Id) }),
            (FaultCode.BadRequest, spec with { Source = new(source.Id, snapshot) }),
            (FaultCode.NotFound, spec with { Source = new(NewId()) }),
            (FaultCode.NotFound, spec with { Source = new(source.Id, NewSnapshot()), Bytes = 2 * Gib }),
            (FaultCode.NotFound, spec with { Source = new(NewId(), snapshot) }),
        ];
        foreach (var (code, bad) in wrong)
            await RefusesAsync(code, () => driver.EnsureVolumeAsync(bad, Ct));
        await RefusesAsync(FaultCode.BadRequest, () => driver.ExtendVolumeAsync(source.Id, 2 * Gib + 1, Ct));
        Assert.Equal([source.Id], (await ListAsync(driver)).Select(volume => volume.Id));
    }

    [Fact]
    public async Task Another_clouds_volumes_are_neither_listed_nor_touched()
    {
        var (ours, theirs, spec) = (NewDriver(), DriverOf($"{Cloud}-b"), await NewVolumeAsync());
        var snapshot = NewSnapshot();
        await Snapshots(ours).EnsureSnapshotAsync(spec.Id, snapshot, Ct);
        Assert.Empty(await ListAsync(theirs));
        await Snapshots(theirs).DeleteSnapshotAsync(spec.Id, snapshot, Ct);
        await theirs.DeleteVolumeAsync(spec.Id, Ct);
        await RefusesAsync(FaultCode.NotFound, () => theirs.ExtendVolumeAsync(spec.Id, 2 * Gib, Ct));
        await RefusesAsync(FaultCode.NotFound, () => Exports(theirs).EnsureExportAsync(NewExport(spec.Id), Ct));
        var clone = NewSpec() with { Cloud = $"{Cloud}-b", Source = new(spec.Id) };
        await RefusesAsync(FaultCode.NotFound, () => theirs.EnsureVolumeAsync(clone, Ct));
        Assert.Equal([snapshot], Assert.Single(await ListAsync(ours)).Snapshots);
    }

    [Fact]
    public async Task What_a_killed_agent_left_half_made_is_listed_and_can_be_deleted_or_made()
    {
        var (gone, made) = (NewSpec(), NewSpec());
        LeaveHalf(gone.Id);
        LeaveHalf(made.Id);
        var driver = NewDriver();
        Assert.Equal(2, (await ListAsync(driver)).Count);
        await driver.DeleteVolumeAsync(gone.Id, Ct);
        await driver.EnsureVolumeAsync(made, Ct);
        await WriteAsync(made.Id, Mark.One);
        Assert.Equal(made.Id, Assert.Single(await ListAsync(driver)).Id);
        Assert.True(await HoldsAsync(made.Id, Mark.One));
    }

    [Fact]
    public async Task A_volume_grows_and_keeps_its_data()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        await WriteAsync(spec.Id, Mark.One);
        await driver.ExtendVolumeAsync(spec.Id, 2 * Gib, Ct);
        await driver.ExtendVolumeAsync(spec.Id, 2 * Gib, Ct);
        await NewDriver().ExtendVolumeAsync(spec.Id, Gib, Ct);
        await driver.EnsureVolumeAsync(spec, Ct); // the order of its making, come late
        Assert.Equal(2 * Gib, Assert.Single(await ListAsync(driver)).Bytes);
        await WriteAsync(spec.Id, Mark.Far);
        Assert.True(await HoldsAsync(spec.Id, Mark.One));
        Assert.True(await HoldsAsync(spec.Id, Mark.Far));
    }

    [Fact]
    public async Task A_snapshot_is_listed_and_keeps_what_was_there_when_the_volume_is_written_again()
    {
        var (driver, spec, id) = (NewDriver(), await NewVolumeAsync(), NewSnapshot());
        await WriteAsync(spec.Id, Mark.One);
        await Snapshots(driver).EnsureSnapshotAsync(spec.Id, id, Ct);
        await WriteAsync(spec.Id, Mark.Two);
        await Snapshots(NewDriver()).EnsureSnapshotAsync(spec.Id, id, Ct); // it is of then, not of now
        Assert.Equal([id], Assert.Single(await ListAsync(NewDriver())).Snapshots);
        var made = NewSpec() with { Source = new(spec.Id, id) };
        await driver.EnsureVolumeAsync(made, Ct);
        Assert.True(await HoldsAsync(made.Id, Mark.One));
        Assert.True(await HoldsAsync(spec.Id, Mark.Two));
    }

    [Fact]
    public async Task A_volume_that_goes_back_holds_what_its_snapshot_does_and_goes_on_from_there()
    {
        if (NewDriver() is not IVolumeRevert driver)
            return;
        var (spec, id) = (await NewVolumeAsync(), NewSnapshot());
        await WriteAsync(spec.Id, Mark.One);
        await Snapshots(NewDriver()).EnsureSnapshotAsync(spec.Id, id, Ct);
        await WriteAsync(spec.Id, Mark.Two);
        await NewDriver().ExtendVolumeAsync(spec.Id, 2 * Gib, Ct);
        await driver.RevertAsync(spec.Id, id, Ct);
        await ((IVolumeRevert)NewDriver()).RevertAsync(spec.Id, id, Ct);
        Assert.True(await HoldsAsync(spec.Id, Mark.One));
        var listed = Assert.Single(await ListAsync(NewDriver()));
        Assert.Equal((2 * Gib, id), (listed.Bytes, Assert.Single(listed.Snapshots)));
        await WriteAsync(spec.Id, Mark.Far);
        var made = NewSpec() with { Source = new(spec.Id, id) };
        await NewDriver().EnsureVolumeAsync(made, Ct);
        Assert.True(await HoldsAsync(made.Id, Mark.One));
        await Snapshots(NewDriver()).DeleteSnapshotAsync(spec.Id, id, Ct);
        Assert.True(await HoldsAsync(spec.Id, Mark.One));
        Assert.True(await HoldsAsync(spec.Id, Mark.Far));
        await RefusesAsync(FaultCode.NotFound, () => driver.RevertAsync(spec.Id, id, Ct));
        await RefusesAsync(FaultCode.NotFound, () => driver.RevertAsync(NewId(), id, Ct));
    }

    [Fact]
    public async Task A_volume_that_is_let_go_is_what_another_is_made_of()
    {
        if (NewDriver() is not IVolumeAdoption driver)
            return;
        var (origin, snapshot) = (await NewVolumeAsync(), NewSnapshot());
        await WriteAsync(origin.Id, Mark.One);
        await Snapshots(NewDriver()).EnsureSnapshotAsync(origin.Id, snapshot, Ct);
        var let = NewSpec() with { Source = new(origin.Id, snapshot) };
        await NewDriver().EnsureVolumeAsync(let, Ct);
        await driver.ReleaseAsync(let.Id, "mine", Ct);
        await Adoption().ReleaseAsync(let.Id, "mine", Ct);
        await Snapshots(NewDriver()).DeleteSnapshotAsync(origin.Id, snapshot, Ct);
        await NewDriver().DeleteVolumeAsync(origin.Id, Ct);
        Assert.Empty(await ListAsync(NewDriver()));
        Assert.Equal([new UnmanagedVolume("mine", Gib)], await Adoption().ListUnmanagedAsync(Ct));
        var spec = NewSpec() with { Bytes = 2 * Gib };
        await driver.AdoptAsync(spec, "mine", Ct);
        await Adoption().AdoptAsync(spec, "mine", Ct);
        Assert.Empty(await driver.ListUnmanagedAsync(Ct));
        var listed = Assert.Single(await ListAsync(NewDriver()));
        Assert.Equal((spec.Id, 2 * Gib), (listed.Id, listed.Bytes));
        Assert.True(await HoldsAsync(spec.Id, Mark.One));
        await WriteAsync(spec.Id, Mark.Far);
        await Snapshots(NewDriver()).EnsureSnapshotAsync(spec.Id, snapshot, Ct);
        Assert.True(await HoldsAsync(spec.Id, Mark.Far));
    }

    [Fact]
    public async Task What_is_let_go_never_takes_the_place_of_what_the_operator_has()
    {
        if (NewDriver() is not IVolumeAdoption driver)
            return;
        var (one, two) = (await NewVolumeAsync(), await NewVolumeAsync(2));
        await driver.ReleaseAsync(one.Id, "mine", Ct);
        await driver.ReleaseAsync(two.Id, "mine", Ct);
        var found = await driver.ListUnmanagedAsync(Ct);
        Assert.Equal([Gib, 2 * Gib], found.Select(file => file.Bytes));
        Assert.Equal("mine", found[0].Name);
        Assert.StartsWith("mine", found[1].Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_a_volume_and_what_is_needed_stay_as_they_are()
    {
        if (NewDriver() is not IVolumeAdoption driver)
            return;
        var (large, kept, held) = (await NewVolumeAsync(2), await NewVolumeAsync(), NewExport(NewId()));
        await driver.ReleaseAsync(large.Id, "large", Ct);
        await Snapshots(NewDriver()).EnsureSnapshotAsync(kept.Id, NewSnapshot(), Ct);
        held = held with { Volume = (await NewVolumeAsync()).Id };
        await Exports(NewDriver()).EnsureExportAsync(held, Ct);
        await RefusesAsync(FaultCode.BadRequest, () => driver.AdoptAsync(NewSpec(), "large", Ct));
        await RefusesAsync(FaultCode.BadRequest, () => driver.AdoptAsync(NewSpec() with { Cloud = "b" }, "large", Ct));
        foreach (var name in (string[])["none", "", "..", "../volumes", ".hidden", "a/b"])
            await RefusesAsync(FaultCode.NotFound, () => driver.AdoptAsync(NewSpec(), name, Ct));
        await RefusesAsync(FaultCode.Conflict, () => driver.ReleaseAsync(kept.Id, "kept", Ct));
        await RefusesAsync(FaultCode.Conflict, () => driver.ReleaseAsync(held.Volume, "held", Ct));
        await RefusesAsync(FaultCode.BadRequest, () => driver.ReleaseAsync(kept.Id, "../kept", Ct));
        await Exports(NewDriver()).DeleteExportAsync(held.Volume, held.Attachment, Ct);
        Assert.Equal([new UnmanagedVolume("large", 2 * Gib)], await driver.ListUnmanagedAsync(Ct));
        Assert.Equal(2, (await ListAsync(NewDriver())).Count(volume => volume.Bytes == Gib));
    }

    [Fact]
    public async Task Snapshots_that_come_and_go_leave_the_volume_as_it_is()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        SnapshotId[] ids = [NewSnapshot(), NewSnapshot(), NewSnapshot()];
        Mark[] marks = [Mark.One, Mark.Far with { At = 2 << 20 }, Mark.One with { At = 3 << 20 }];
        foreach (var (id, mark) in ids.Zip(marks))
        {
            await WriteAsync(spec.Id, mark);
            await Snapshots(driver).EnsureSnapshotAsync(spec.Id, id, Ct);
        }
        foreach (var id in (SnapshotId[])[ids[1], ids[0], ids[2]])
        {
            await Snapshots(driver).DeleteSnapshotAsync(spec.Id, id, Ct);
            await Snapshots(driver).DeleteSnapshotAsync(spec.Id, id, Ct);
            foreach (var mark in marks)
                Assert.True(await HoldsAsync(spec.Id, mark), $"{mark} after {id} of {string.Join(',', ids)}");
        }
        Assert.Empty(Assert.Single(await ListAsync(driver)).Snapshots);
    }

    [Fact]
    public async Task A_volume_made_of_a_snapshot_outlives_it_and_its_volume()
    {
        var (driver, source, id) = (NewDriver(), await NewVolumeAsync(), NewSnapshot());
        await WriteAsync(source.Id, Mark.One);
        await Snapshots(driver).EnsureSnapshotAsync(source.Id, id, Ct);
        var made = NewSpec() with { Source = new(source.Id, id), Bytes = 2 * Gib };
        await driver.EnsureVolumeAsync(made, Ct);
        await driver.EnsureVolumeAsync(made, Ct);
        await Snapshots(driver).DeleteSnapshotAsync(source.Id, id, Ct);
        await driver.DeleteVolumeAsync(source.Id, Ct);
        Assert.Equal(
            (made.Id, 2 * Gib),
            Assert.Single(await ListAsync(NewDriver())) switch
            {
                var v => (v.Id, v.Bytes),
            }
        );
        Assert.True(await HoldsAsync(made.Id, Mark.One));
    }

    [Fact]
    public async Task A_clone_and_its_source_go_their_own_ways()
    {
        var (driver, source) = (NewDriver(), await NewVolumeAsync());
        await WriteAsync(source.Id, Mark.One);
        VolumeSpec[] clones = [NewSpec() with { Source = new(source.Id) }, NewSpec() with { Source = new(source.Id) }];
        foreach (var clone in clones)
            await driver.EnsureVolumeAsync(clone, Ct);
        await WriteAsync(clones[0].Id, Mark.Two);
        await WriteAsync(source.Id, Mark.Two with { Value = 9 });
        Assert.True(await HoldsAsync(clones[1].Id, Mark.One));
        await driver.DeleteVolumeAsync(source.Id, Ct);
        await driver.DeleteVolumeAsync(clones[1].Id, Ct);
        Assert.True(await HoldsAsync(clones[0].Id, Mark.Two));
    }

    [Fact]
    public async Task A_volume_with_snapshots_is_not_deleted()
    {
        var (driver, spec, id) = (NewDriver(), await NewVolumeAsync(), NewSnapshot());
        await Snapshots(driver).EnsureSnapshotAsync(spec.Id, id, Ct);
        await RefusesAsync(FaultCode.Conflict, () => driver.DeleteVolumeAsync(spec.Id, Ct));
        await Snapshots(driver).DeleteSnapshotAsync(spec.Id, id, Ct);
        await driver.DeleteVolumeAsync(spec.Id, Ct);
        Assert.Empty(await ListAsync(driver));
    }

    [Theory, InlineData("raw"), InlineData("qcow2")]
    public async Task An_image_goes_into_a_volume_and_comes_out_the_same(string format)
    {
        var (driver, spec, image) = (NewDriver(), await NewVolumeAsync(), await NewImageAsync(Mark.One, format));
        await WriteAsync(spec.Id, Mark.Two with { At = 300 << 20 }); // what was there is not there any more
        var (into, outOf) = (new Told(), new Told());
        await Content(driver).WriteImageAsync(spec.Id, image, into, Ct);
        await Content(driver).WriteImageAsync(spec.Id, image, progress: null, Ct);
        foreach (var kind in (string[])["raw", "qcow2"])
        {
            var path = NewPath();
            await Content(driver).ReadImageAsync(spec.Id, path, kind, outOf, Ct);
            await Content(driver).ReadImageAsync(spec.Id, path, kind, progress: null, Ct);
            Assert.True(await HasAsync(path, kind, Mark.One));
            Assert.True(await HasAsync(path, kind, new Mark(300 << 20, 0)));
            Assert.Equal(Gib, await SizeOfAsync(path, kind));
        }
        Assert.Equal((1.0, 1.0), (into.Last, outOf.Last));
        Assert.True(Assert.Single(await ListAsync(driver)).Allocated is null or < 32 << 20);
        Assert.True(await HoldsAsync(spec.Id, Mark.One));
    }

    [Fact]
    public async Task An_image_that_does_not_fit_or_is_of_no_format_here_changes_nothing()
    {
        var (driver, spec, image) = (NewDriver(), await NewVolumeAsync(), await NewImageAsync(Mark.One, "raw"));
        await WriteAsync(spec.Id, Mark.Two);
        foreach (var bad in (CachedImage[])[await NewLargeImageAsync(), image with { Format = "vmdk" }])
            await RefusesAsync(FaultCode.BadRequest, () => Content(driver).WriteImageAsync(spec.Id, bad, null, Ct));
        await RefusesAsync(
            FaultCode.BadRequest,
            () => Content(driver).ReadImageAsync(spec.Id, NewPath(), "vmdk", progress: null, Ct)
        );
        Assert.True(await HoldsAsync(spec.Id, Mark.Two));
    }

    [Fact]
    public async Task An_image_does_not_change_a_snapshot()
    {
        var (driver, spec, id) = (NewDriver(), await NewVolumeAsync(), NewSnapshot());
        await WriteAsync(spec.Id, Mark.Two);
        await Snapshots(driver).EnsureSnapshotAsync(spec.Id, id, Ct);
        await Content(driver).WriteImageAsync(spec.Id, await NewImageAsync(Mark.One, "qcow2"), progress: null, Ct);
        var made = NewSpec() with { Source = new(spec.Id, id) };
        await driver.EnsureVolumeAsync(made, Ct);
        Assert.True(await HoldsAsync(made.Id, Mark.Two));
        Assert.True(await HoldsAsync(spec.Id, Mark.One));
    }

    [Fact]
    public async Task Orders_about_one_volume_that_come_together_all_happen()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        SnapshotId[] ids = [NewSnapshot(), NewSnapshot(), NewSnapshot()];
        VolumeSpec[] clones = [.. ids.Select(_ => NewSpec() with { Source = new(spec.Id) })];
        await Task.WhenAll([
            .. ids.Select(id => Snapshots(driver).EnsureSnapshotAsync(spec.Id, id, Ct)),
            .. clones.Select(clone => driver.EnsureVolumeAsync(clone, Ct)),
            driver.ExtendVolumeAsync(spec.Id, 2 * Gib, Ct),
        ]);
        var listed = await ListAsync(driver);
        Assert.Equal(1 + clones.Length, listed.Count);
        Assert.Equal(ids.ToHashSet(), listed.Single(volume => volume.Id == spec.Id).Snapshots.ToHashSet());
    }

    [Fact]
    public async Task The_backend_tells_the_least_that_a_scheduler_needs()
    {
        var statistics = await NewDriver().ReadStatisticsAsync(Ct);
        Assert.NotEmpty(statistics.DriverVersion);
        Assert.NotEmpty(statistics.Vendor);
        Assert.NotEmpty(statistics.Protocol);
        Assert.True(statistics.Total.Gib > 0);
        Assert.InRange(statistics.Free.Gib ?? 0, 0, statistics.Total.Gib ?? 0);
        string[] told =
        [
            "multiattach",
            "online_extend_support",
            "online_snapshot_support",
            "snapshot_revert_support",
            "thin_provisioning_support",
        ];
        Assert.Subset(statistics.Capabilities.Keys.ToHashSet(), told.ToHashSet());
    }

    [Fact]
    public async Task The_driver_says_that_it_can_work_here()
    {
        var report = await NewDriver().ProbeAsync(Ct);
        Assert.True(report.Ready, report.Problem);
        Assert.Equal(DriverContract.Current, NewDriver().Contract);
    }

    protected IVolumeDriver NewDriver() => DriverOf(Cloud);

    protected static IVolumeSnapshots Snapshots(IVolumeDriver driver) => (IVolumeSnapshots)driver;

    protected static IVolumeContent Content(IVolumeDriver driver) => (IVolumeContent)driver;

    protected static IVolumeExports Exports(IVolumeDriver driver) => (IVolumeExports)driver;

    private IVolumeAdoption Adoption() => (IVolumeAdoption)NewDriver();

    protected static VolumeId NewId() => new(Guid.NewGuid());

    protected static SnapshotId NewSnapshot() => new(Guid.NewGuid());

    protected static AttachmentId NewAttachment() => new(Guid.NewGuid());

    protected VolumeSpec NewSpec() => new(NewId(), Cloud, Gib);

    protected ExportSpec NewExport(VolumeId id) => new(id, NewAttachment(), Connector, IsReadOnly: false, Password);

    protected async Task<VolumeSpec> NewVolumeAsync(int gib = 1)
    {
        var spec = NewSpec() with { Bytes = gib * Gib };
        await NewDriver().EnsureVolumeAsync(spec, Ct);
        return spec;
    }

    /// <summary>Writes as a guest does.</summary>
    protected Task WriteAsync(VolumeId id, Mark mark) =>
        AttachedAsync(id, async client => Assert.True(await client.WriteAsync(mark)));

    /// <summary>Reads as a guest does.</summary>
    protected async Task<bool> HoldsAsync(VolumeId id, Mark mark)
    {
        var holds = false;
        await AttachedAsync(id, async client => holds = await client.HoldsAsync(mark));
        return holds;
    }

    protected static async Task<List<VolumeStatus>> ListAsync(IVolumeDriver driver)
    {
        var volumes = new List<VolumeStatus>();
        await foreach (var volume in driver.ListVolumesAsync(Ct))
            volumes.Add(volume);
        return volumes;
    }

    protected static async Task<Fault> RefusesAsync(FaultCode code, Func<Task> action)
    {
        var fault = await Assert.ThrowsAsync<Fault>(action);
        Assert.Equal(code, fault.Code);
        return fault;
    }

    private async Task AttachedAsync(VolumeId id, Func<VolumeClient, Task> use)
    {
        var (exports, export) = (Exports(NewDriver()), NewExport(id));
        var connection = await exports.EnsureExportAsync(export, Ct);
        await using (var client = await ConnectAsync(connection, export))
            await use(client);
        await exports.DeleteExportAsync(id, export.Attachment, Ct);
    }

    private sealed class Told : IProgress<double>
    {
        public double Last { get; private set; }

        public void Report(double value) => Last = value;
    }
}

/// <summary>64 KiB of one value at a place of a volume.</summary>
public sealed record Mark(long At, byte Value)
{
    public const int Bytes = 64 * 1024;

    public static Mark One { get; } = new(1 << 20, 7);

    /// <summary>In the place of the first.</summary>
    public static Mark Two { get; } = new(1 << 20, 8);

    /// <summary>Beyond the first GiB.</summary>
    public static Mark Far { get; } = new((1L << 30) + (5 << 20), 6);
}

/// <summary>What a guest's host does with a volume that it reached.</summary>
public abstract class VolumeClient : IAsyncDisposable
{
    /// <returns>False when it did not reach the volume.</returns>
    public abstract Task<bool> WriteAsync(Mark mark);

    /// <returns>False when something else is there, or the volume was not reached.</returns>
    public abstract Task<bool> HoldsAsync(Mark mark);

    public abstract ValueTask DisposeAsync();
}
