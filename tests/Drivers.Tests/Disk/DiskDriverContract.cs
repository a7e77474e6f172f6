using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Disk;

/// <summary>What every disk driver promises; the fake passes it too.</summary>
public abstract class DiskDriverContract
{
    protected const string Cloud = "cloud-a";
    protected const long Size = 64 * 1024 * 1024;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A driver as a new agent on the same host makes it.</summary>
    protected abstract IDiskDriver DriverOf(string cloud);

    /// <summary>A good image in the host's cache, smaller than <see cref="Size"/>.</summary>
    protected abstract Task<CachedImage> NewImageAsync();

    [Fact]
    public async Task An_ensured_disk_is_listed_without_an_image()
    {
        var spec = NewSpec();
        var path = await NewDriver().EnsureDiskAsync(spec, Ct);
        Assert.Equal([new DiskStatus(spec.Id, path, BackingFile: null)], await ListAsync(NewDriver()));
    }

    [Fact]
    public async Task A_written_disk_stands_on_its_image()
    {
        var (spec, image) = (NewSpec(), await NewImageAsync());
        var path = await NewDriver().EnsureDiskAsync(spec, Ct);
        await NewDriver().WriteImageAsync(spec.Id, image, Ct);
        Assert.Equal([new DiskStatus(spec.Id, path, image.Path)], await ListAsync(NewDriver()));
    }

    [Fact]
    public async Task Doing_each_step_twice_ends_where_once_ends()
    {
        var (driver, spec, image) = (NewDriver(), NewSpec(), await NewImageAsync());
        var path = await driver.EnsureDiskAsync(spec, Ct);
        Assert.Equal(path, await driver.EnsureDiskAsync(spec, Ct));
        await driver.WriteImageAsync(spec.Id, image, Ct);
        await driver.WriteImageAsync(spec.Id, image, Ct);
        Assert.Equal(path, await driver.EnsureDiskAsync(spec, Ct));
        Assert.Equal([new DiskStatus(spec.Id, path, image.Path)], await ListAsync(driver));
    }

    [Fact]
    public async Task Deleting_disks_that_are_not_there_is_success()
    {
        await NewDriver().DeleteDisksAsync(NewSpec().Id, Ct);
        Assert.Empty(await ListAsync(NewDriver()));
    }

    [Fact]
    public async Task Deleted_disks_are_gone()
    {
        var (driver, spec, image) = (NewDriver(), NewSpec(), await NewImageAsync());
        await driver.EnsureDiskAsync(spec, Ct);
        await driver.WriteImageAsync(spec.Id, image, Ct);
        await driver.DeleteDisksAsync(spec.Id, Ct);
        await driver.DeleteDisksAsync(spec.Id, Ct);
        Assert.Empty(await ListAsync(driver));
        await RefusesAsync(FaultCode.NotFound, () => driver.WriteImageAsync(spec.Id, image, Ct));
    }

    [Fact]
    public async Task Bad_specs_are_refused_and_nothing_is_made()
    {
        var driver = NewDriver();
        var good = NewSpec();
        await RefusesAsync(FaultCode.BadRequest, () => driver.EnsureDiskAsync(good with { Cloud = "cloud-b" }, Ct));
        await RefusesAsync(FaultCode.BadRequest, () => driver.EnsureDiskAsync(good with { Bytes = -1 }, Ct));
        Assert.Empty(await ListAsync(driver));
        await driver.EnsureDiskAsync(good, Ct);
        var image = await NewImageAsync() with { Format = "vmdk" };
        await RefusesAsync(FaultCode.BadRequest, () => driver.WriteImageAsync(good.Id, image, Ct));
    }

    [Fact]
    public async Task Another_clouds_disks_are_neither_listed_nor_touched()
    {
        var (ours, theirs, spec) = (NewDriver(), DriverOf("cloud-b"), NewSpec());
        await ours.EnsureDiskAsync(spec, Ct);
        Assert.Empty(await ListAsync(theirs));
        await theirs.DeleteDisksAsync(spec.Id, Ct);
        var image = await NewImageAsync();
        await RefusesAsync(FaultCode.NotFound, () => theirs.WriteImageAsync(spec.Id, image, Ct));
        await RefusesAsync(FaultCode.Conflict, () => theirs.EnsureDiskAsync(spec with { Cloud = "cloud-b" }, Ct));
        Assert.Single(await ListAsync(ours));
    }

    [Fact]
    public async Task The_driver_says_that_it_can_work_here()
    {
        var report = await NewDriver().ProbeAsync(Ct);
        Assert.True(report.Ready, report.Problem);
        Assert.Equal(DriverContract.Current, NewDriver().Contract);
    }

    protected IDiskDriver NewDriver() => DriverOf(Cloud);

    protected static DiskSpec NewSpec() => new(new ServerId(Guid.NewGuid()), Cloud, Size);

    protected static async Task<List<DiskStatus>> ListAsync(IDiskDriver driver)
    {
        var disks = new List<DiskStatus>();
        await foreach (var disk in driver.ListDisksAsync(Ct))
            disks.Add(disk);
        return disks;
    }

    protected static async Task<Fault> RefusesAsync(FaultCode code, Func<Task> action)
    {
        var fault = await Assert.ThrowsAsync<Fault>(action);
        Assert.Equal(code, fault.Code);
        return fault;
    }
}
