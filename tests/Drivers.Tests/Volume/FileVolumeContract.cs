using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Volume;

namespace Pipeline.Drivers.Tests.Volume;

/// <summary>The contract for drivers that keep volumes in files of their host.</summary>
public abstract class FileVolumeContract : VolumeExportContract, IAsyncDisposable
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
    public async Task An_operators_file_that_is_not_fit_is_shown_with_the_reason_and_left_alone()
    {
        if (NewDriver() is not IVolumeAdoption driver)
            return;
        await driver.ListUnmanagedAsync(Ct);
        var folder = Path.Combine(Folder, Cloud, "unmanaged");
        var (secret, open) = (NewPath(), Path.Combine(folder, "open"));
        await File.WriteAllTextAsync(secret, "of somebody else", Ct);
        File.CreateSymbolicLink(Path.Combine(folder, "link"), secret);
        Directory.CreateDirectory(Path.Combine(folder, "folder"));
        await File.WriteAllBytesAsync(Path.Combine(folder, "empty"), [], Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "no name"), "text", Ct);
        await RunAsync("qemu-img", "create", "-q", "-f", "qcow2", Path.Combine(folder, "below"), "1G");
        string[] above = ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", "below", Path.Combine(folder, "above")];
        await RunAsync("qemu-img", above);
        await using var held = new FileStream(open, FileMode.CreateNew);
        held.SetLength(Gib);
        var found = (await driver.ListUnmanagedAsync(Ct)).ToDictionary(file => file.Name);
        Assert.Equal(["above", "below", "empty", "folder", "link", "open"], found.Keys);
        foreach (var name in (string[])["above", "empty", "folder", "link", "open"])
        {
            Assert.NotNull(found[name].Unfit);
            await RefusesAsync(FaultCode.BadRequest, () => driver.AdoptAsync(NewSpec(), name, Ct));
        }
        Assert.Empty(await ListAsync(NewDriver()));
        Assert.Equal("of somebody else", await File.ReadAllTextAsync(secret, Ct));
    }

    protected Task<string> RunAsync(string program, params string[] arguments) =>
        Command.RunAsync(new(program, arguments), Ct);
}
