using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Volume.Fake;

namespace Pipeline.Drivers.Tests.Volume;

public sealed class FakeVolumeDriverTests : VolumeExportContract
{
    private readonly FakeHost _host = new();
    private int _files;

    protected override HostConnector Stranger { get; } = new(new HostId(Guid.NewGuid()), "host-2", null, null);

    protected override int Orders => 10_000;

    protected override IVolumeDriver DriverOf(string cloud) => new FakeVolumeDriver(_host, cloud);

    protected override Task<CachedImage> NewImageAsync(Mark mark, string format) =>
        Task.FromResult(NewImage(new FakeFile(FakeVolumeClient.With("", mark), 64 << 20, format)));

    protected override Task<CachedImage> NewLargeImageAsync() =>
        Task.FromResult(NewImage(new FakeFile("", Gib + 1, "raw")));

    protected override Task<bool> HasAsync(string path, string format, Mark mark) =>
        Task.FromResult(_host.Files[path].Format == format && FakeVolumeClient.Has(_host.Files[path].Content, mark));

    protected override Task<long> SizeOfAsync(string path, string format) => Task.FromResult(_host.Files[path].Bytes);

    protected override Task<VolumeClient> ConnectAsync(VolumeConnection connection, ExportSpec spec) =>
        Task.FromResult<VolumeClient>(new FakeVolumeClient(_host, connection, Connector));

    protected override void LeaveHalf(VolumeId id) =>
        _host.Volumes[$"{id}"] = new(new(id, Cloud, Gib), "", FakeVolume.NoSnapshots, FakeVolume.NoExports);

    protected override string NewPath() => $"/fake/files/{_files++}";

    [Fact]
    public async Task A_hook_can_fail_any_operation()
    {
        var spec = NewSpec();
        _host.Before = (operation, id) => throw new Fault(FaultCode.DiskFull, $"{operation} {id}");
        var fault = await RefusesAsync(FaultCode.DiskFull, () => NewDriver().EnsureVolumeAsync(spec, Ct));
        Assert.Equal($"EnsureVolume {spec.Id}", fault.Message);
        _host.Before = null;
        Assert.Empty(await ListAsync(NewDriver()));
    }

    [Fact]
    public async Task An_image_that_is_no_file_stands_for_itself()
    {
        var (driver, spec, id) = (NewDriver(), await NewVolumeAsync(), new ImageId(Guid.NewGuid()));
        await Content(driver).WriteImageAsync(spec.Id, new(id, $"/fake/images/{id}", "qcow2"), progress: null, Ct);
        Assert.Equal($"image {id}", _host.Volumes[$"{spec.Id}"].Content);
    }

    private CachedImage NewImage(FakeFile file)
    {
        var path = NewPath();
        _host.Files[path] = file;
        return new CachedImage(new ImageId(Guid.NewGuid()), path, file.Format);
    }
}

/// <summary>Writes marks as words into what a fake volume holds.</summary>
internal sealed class FakeVolumeClient(FakeHost host, VolumeConnection connection, HostConnector self) : VolumeClient
{
    public override Task<bool> WriteAsync(Mark mark) =>
        Task.FromResult(
            Reach(mark) is { } volume
                && !volume.Exports[connection.Properties["export"]].IsReadOnly
                && (host.Volumes[$"{volume.Spec.Id}"] = volume with { Content = With(volume.Content, mark) })
                    is not null
        );

    public override Task<bool> HoldsAsync(Mark mark) =>
        Task.FromResult(Reach(mark) is { } volume && Has(volume.Content, mark));

    public override ValueTask DisposeAsync() => default;

    public static string With(string content, Mark mark) =>
        string.Join(' ', Words(content).Where(word => !IsAt(word, mark)).Append($"{mark.At}:{mark.Value}").Order());

    public static bool Has(string content, Mark mark) =>
        (Words(content).FirstOrDefault(word => IsAt(word, mark)) ?? $"{mark.At}:0") == $"{mark.At}:{mark.Value}";

    private static string[] Words(string content) => content.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsAt(string word, Mark mark) => word.StartsWith($"{mark.At}:", StringComparison.Ordinal);

    private FakeVolume? Reach(Mark mark) =>
        host.Volumes.GetValueOrDefault(connection.Properties["volume"]) is { } volume
        && volume.Exports.GetValueOrDefault(connection.Properties["export"])?.Connector == self
        && mark.At + Mark.Bytes <= volume.Spec.Bytes
            ? volume
            : null;
}
