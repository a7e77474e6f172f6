using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Disk.Fake;

namespace Pipeline.Drivers.Tests.Disk;

public sealed class FakeDiskDriverTests : DiskDriverContract
{
    private readonly FakeHost _host = new();

    protected override IDiskDriver DriverOf(string cloud) => new FakeDiskDriver(_host, cloud);

    protected override Task<CachedImage> NewImageAsync()
    {
        var id = new ImageId(Guid.NewGuid());
        return Task.FromResult(new CachedImage(id, $"/fake/images/{id}", "qcow2"));
    }

    [Fact]
    public async Task A_hook_can_fail_any_operation()
    {
        var spec = NewSpec();
        _host.Before = (operation, id) => throw new Fault(FaultCode.DiskFull, $"{operation} {id}");
        var fault = await RefusesAsync(FaultCode.DiskFull, () => NewDriver().EnsureDiskAsync(spec, Ct));
        Assert.Equal($"EnsureDisk {spec.Id}", fault.Message);
        _host.Before = null;
        Assert.Empty(await ListAsync(NewDriver()));
    }
}
