using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Volume;

namespace Pipeline.Drivers.Tests.Volume;

/// <summary>The contract, and what is promised of files, for drivers that keep volumes in files of their host.</summary>
public abstract class HostVolumeContract : VolumeExportContract, IAsyncDisposable
{
    private readonly HashSet<string> _clouds = new(StringComparer.Ordinal);
    private readonly TempFolder _folder = new();
    private int _files;

    protected Command Command { get; } = new(TimeProvider.System);

    /// <summary>Where the backend keeps its volumes.</summary>
    protected virtual string Folder => In("volumes");

    protected long Free { get; set; } = 100L << 30;

    protected abstract IVolumeDriver DriverOf(VolumeOptions options);

    public async ValueTask DisposeAsync()
    {
        foreach (var cloud in _clouds)
        foreach (var volume in await ListAsync(DriverOf(cloud)))
        foreach (var attachment in volume.Exports)
            await Exports(DriverOf(cloud)).DeleteExportAsync(volume.Id, attachment, CancellationToken.None);
        await EndAsync();
        SafeFile.RemoveFolder(Folder);
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override IVolumeDriver DriverOf(string cloud)
    {
        _clouds.Add(cloud);
        return DriverOf(
            new VolumeOptions(Folder, cloud) { ReservedBytes = 0, Room = _ => (Math.Max(Free, 200L << 30), Free) }
        );
    }

    /// <summary>Takes away what the transport still has running when nothing is attached.</summary>
    protected virtual Task EndAsync() => GoDownAsync();

    protected string In(string name) => _folder.In(name);

    protected override string NewPath() => In($"file-{_files++}");

    protected override async Task<CachedImage> NewImageAsync(Mark mark, string format)
    {
        var (raw, path) = (NewPath(), NewPath());
        await File.WriteAllBytesAsync(raw, [], Ct);
        await RunAsync("truncate", "-s", "64M", raw);
        await RunAsync("qemu-io", "-f", "raw", "-c", $"write -P {mark.Value} {mark.At} {Mark.Bytes}", raw);
        await RunAsync("qemu-img", "convert", "-f", "raw", "-O", format, raw, path);
        return new CachedImage(new ImageId(Guid.NewGuid()), path, format);
    }

    protected override async Task<CachedImage> NewLargeImageAsync()
    {
        var path = NewPath();
        await RunAsync("qemu-img", "create", "-q", "-f", "qcow2", path, "2G");
        return new CachedImage(new ImageId(Guid.NewGuid()), path, "qcow2");
    }

    protected override async Task<bool> HasAsync(string path, string format, Mark mark)
    {
        var read = $"read -P {mark.Value} {mark.At} {Mark.Bytes}";
        var said = await Command.RunAsync(new("qemu-io", ["-r", "-f", format, "-c", read, path]), Ct);
        return !said.Contains("verification failed");
    }

    protected override async Task<long> SizeOfAsync(string path, string format) =>
        format == "qcow2" ? (await Qcow2Header.ReadAsync(path, Ct))!.VirtualBytes : new FileInfo(path).Length;

    protected override void LeaveHalf(VolumeId id)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, Cloud, "volumes", $"{id}")).FullName;
        File.WriteAllText(Path.Combine(folder, "data.new"), "half a volume");
    }

    protected override async Task<VolumeClient> ConnectAsync(VolumeConnection connection, ExportSpec spec)
    {
        Assert.Equal("file", connection.Protocol);
        var (path, format) = (connection.Properties["path"], connection.Properties["format"]);
        var options = $"driver={format},file.driver=file,file.filename={path}";
        return await QemuIoClient.ConnectAsync(options, spec.IsReadOnly);
    }

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
        Assert.InRange(Assert.Single(await ListAsync(driver)).Allocated ?? 0, 4 << 20, 7 << 20);
    }

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
        await Content(driver).WriteImageAsync(made.Id, await NewImageAsync(Mark.Two, "raw"), progress: null, Ct);
        await Snapshots(driver).DeleteSnapshotAsync(spec.Id, id, Ct);
        foreach (var volume in (VolumeId[])[spec.Id, made.Id, clone.Id])
            await driver.DeleteVolumeAsync(volume, Ct);
        var left = Directory.GetFiles(Path.Combine(Folder, Cloud), "*", SearchOption.AllDirectories);
        Assert.DoesNotContain(left, file => new FileInfo(file).Length > 4096);
        Assert.Empty(Directory.GetDirectories(Path.Combine(Folder, Cloud, "volumes")));
    }

    protected Task<string> RunAsync(string program, params string[] arguments) =>
        Command.RunAsync(new(program, arguments), Ct);
}
