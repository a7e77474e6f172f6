using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Volume;

namespace Pipeline.Drivers.Tests.Volume;

/// <summary>The contract, and what is promised of all drivers that are put together from a layout and a way.</summary>
public abstract class HostVolumeContract : FileVolumeContract
{
    /// <summary>Whether processes of the driver's stand between a volume and its host.</summary>
    protected virtual bool HasServers => false;

    /// <summary>Whether a client asks again for a while when its server is gone; set before it connects.</summary>
    protected bool Waits { get; private set; }

    /// <summary>Ends them as a lack of memory does.</summary>
    protected virtual Task KillServersAsync() => GoDownAsync();

    [Fact]
    public async Task A_server_that_is_killed_under_a_guest_comes_back_and_nothing_that_was_written_is_lost()
    {
        Assert.SkipUnless(HasServers, "the file is reached without a server");
        const int count = 60;
        var (spec, export) = (await NewVolumeAsync(), default(ExportSpec)!);
        export = NewExport(spec.Id);
        Waits = true;
        var way = await Exports(NewDriver()).EnsureExportAsync(export, Ct);
        await using (var client = await ConnectAsync(way, export))
        {
            ((QemuIoClient)client).Limit = TimeSpan.FromMinutes(1);
            var begun = new TaskCompletionSource();
            var writing = WriteAllAsync(client, count, begun);
            await begun.Task;
            await KillServersAsync();
            await Exports(NewDriver()).RestoreExportsAsync(Ct); // as the agent does every half minute
            Assert.Equal(count, await writing);
            await AssertHoldsAllAsync(client, count);
        }
        await Exports(NewDriver()).DeleteExportAsync(spec.Id, export.Attachment, Ct);
        var again = NewExport(spec.Id);
        await using (var client = await ConnectAsync(await Exports(NewDriver()).EnsureExportAsync(again, Ct), again))
            await AssertHoldsAllAsync(client, count);
        await Exports(NewDriver()).DeleteExportAsync(spec.Id, again.Attachment, Ct);
    }

    private static async Task<int> WriteAllAsync(VolumeClient client, int count, TaskCompletionSource begun)
    {
        for (var i = 0; i < count; i++)
        {
            if (!await client.WriteAsync(MarkOf(i)))
                return i;
            if (i == count / 4)
                begun.SetResult();
        }
        return count;
    }

    private static async Task AssertHoldsAllAsync(VolumeClient client, int count)
    {
        for (var i = 0; i < count; i++)
            Assert.True(await client.HoldsAsync(MarkOf(i)), $"{MarkOf(i)} is lost");
    }

    private static Mark MarkOf(int number) => new((number + 1L) * (1 << 20), (byte)(number + 1));

    [Fact]
    public async Task Images_are_the_same_to_the_byte_and_sparse()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        var (image, path) = (NewPath(), NewPath());
        var content = new byte[8 << 20];
        new Random(1).NextBytes(content.AsSpan(0, 3 << 20));
        new Random(2).NextBytes(content.AsSpan(7 << 20));
        await File.WriteAllBytesAsync(image, content, Ct);
        await Content(driver).WriteImageAsync(spec.Id, new(new(Guid.NewGuid()), image, "raw"), progress: null, Ct);
        await Content(driver).ReadImageAsync(spec.Id, path, "raw", progress: null, Ct);
        await using var read = File.OpenRead(path);
        var start = new byte[content.Length];
        await read.ReadExactlyAsync(start, Ct);
        Assert.Equal(content, start);
        await RunAsync("qemu-img", "compare", "-f", "raw", "-F", "raw", image, path); // beyond it are zeros
        Assert.InRange(Blocks.BytesOf(path) ?? 0, 4 << 20, 7 << 20);
        Assert.InRange(Assert.Single(await ListAsync(driver)).Allocated ?? 0, 0, 7 << 20);
    }

    [Fact]
    public async Task The_next_volume_of_an_image_is_made_of_what_is_kept_of_it()
    {
        var (driver, one, other, late) = (NewDriver(), NewSpec(), NewSpec(), NewSpec());
        var image = await NewImageAsync(Mark.One, "qcow2");
        foreach (var spec in (VolumeSpec[])[one, other, late])
            await driver.EnsureVolumeAsync(spec with { Bytes = 2 * Gib }, Ct);
        await Content(driver).WriteImageAsync(one.Id, image, progress: null, Ct);
        await WriteAsync(one.Id, Mark.Two); // which is no part of the image
        await Content(NewDriver()).WriteImageAsync(other.Id, image, progress: null, Ct);
        await driver.DeleteVolumeAsync(one.Id, Ct);
        await ((IVolumeImages)driver).ForgetImageAsync(image.Id, Ct);
        await ((IVolumeImages)driver).ForgetImageAsync(image.Id, Ct);
        Assert.True(await HoldsAsync(other.Id, Mark.One));
        Assert.True(await HoldsAsync(other.Id, Mark.Far with { Value = 0 }));
        await Content(driver).WriteImageAsync(late.Id, image, progress: null, Ct);
        Assert.True(await HoldsAsync(late.Id, Mark.One));
        Assert.True(await HoldsAsync(other.Id, Mark.One));
    }

    [Fact]
    public async Task Few_images_are_kept_and_none_when_there_is_no_room()
    {
        var (driver, spec, image) = (NewDriver(), await NewVolumeAsync(), await NewImageAsync(Mark.One, "raw"));
        for (var i = 0; i < ImageShelf.Most + 3; i++)
            await Content(driver).WriteImageAsync(spec.Id, image with { Id = new(Guid.NewGuid()) }, null, Ct);
        Assert.InRange(Kept(), 0, ImageShelf.Most);
        Free = 10 << 20;
        await RefusesAsync(FaultCode.DiskFull, () => driver.EnsureVolumeAsync(NewSpec(), Ct));
        Assert.Equal(0, Kept());
        Free = 100L << 30;
        Assert.True(await HoldsAsync(spec.Id, Mark.One));
    }

    private int Kept() =>
        Directory.Exists(Path.Combine(Folder, Cloud, "images"))
            ? Directory.GetFiles(Path.Combine(Folder, Cloud, "images"), "*.used").Length
            : 0;

    [Fact]
    public async Task A_full_backend_is_a_clear_fault_and_leaves_what_stands()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        var image = await NewImageAsync(Mark.One, "raw");
        Free = 10 << 20;
        Func<Task>[] orders =
        [
            () => driver.EnsureVolumeAsync(NewSpec(), Ct),
            () => driver.EnsureVolumeAsync(NewSpec() with { Source = new(spec.Id) }, Ct),
            () => Snapshots(driver).EnsureSnapshotAsync(spec.Id, NewSnapshot(), Ct),
            () => Content(driver).WriteImageAsync(spec.Id, image, progress: null, Ct),
        ];
        foreach (var order in orders)
            Assert.Contains("10 MiB", (await RefusesAsync(FaultCode.DiskFull, order)).Message);
        await driver.EnsureVolumeAsync(spec, Ct);
        Assert.Empty(Assert.Single(await ListAsync(driver)).Snapshots);
        Assert.True(await HoldsAsync(spec.Id, Mark.One with { Value = 0 }));
    }

    [Fact]
    public async Task An_image_that_is_not_what_it_says_is_refused()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        var image = await NewImageAsync(Mark.One, "qcow2") with { Format = "raw" };
        var fault = await RefusesAsync(
            FaultCode.BadRequest,
            () => Content(driver).WriteImageAsync(spec.Id, image, progress: null, Ct)
        );
        Assert.Contains("declared raw", fault.Message);
    }

    [Fact]
    public async Task When_all_is_deleted_nothing_is_left()
    {
        var (driver, spec, id) = (NewDriver(), await NewVolumeAsync(), NewSnapshot());
        await WriteAsync(spec.Id, Mark.One);
        await Snapshots(driver).EnsureSnapshotAsync(spec.Id, id, Ct);
        var (made, clone) = (NewSpec() with { Source = new(spec.Id, id) }, NewSpec() with { Source = new(spec.Id) });
        await driver.EnsureVolumeAsync(made, Ct);
        await driver.EnsureVolumeAsync(clone, Ct);
        await Content(driver).ReadImageAsync(made.Id, NewPath(), "raw", progress: null, Ct);
        var image = await NewImageAsync(Mark.Two, "raw");
        await Content(driver).WriteImageAsync(made.Id, image, progress: null, Ct);
        await ((IVolumeImages)driver).ForgetImageAsync(image.Id, Ct);
        await Snapshots(driver).DeleteSnapshotAsync(spec.Id, id, Ct);
        foreach (var volume in (VolumeId[])[spec.Id, made.Id, clone.Id])
            await driver.DeleteVolumeAsync(volume, Ct);
        var left = Directory.GetFiles(Path.Combine(Folder, Cloud), "*", SearchOption.AllDirectories);
        Assert.DoesNotContain(left, file => new FileInfo(file).Length > 4096);
        Assert.Empty(Directory.GetDirectories(Path.Combine(Folder, Cloud, "volumes")));
    }
}
