using System.Diagnostics;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Hypervisor.Fake;

namespace Pipeline.Drivers.Tests.Hypervisor;

public sealed class FakeGuestWatchTests : GuestWatchContract
{
    private readonly FakeHost _host = new();

    protected override IHypervisorDriver Driver => new FakeHypervisorDriver(_host, Cloud);

    protected override TimeSpan Look => TimeSpan.Zero;

    protected override Task<string> NewRootDiskAsync() => Task.FromResult("/fake/root.qcow2");

    protected override Task PowerOffInsideAsync(ServerId id) => KillAsync(id);

    protected override Task KillAsync(ServerId id)
    {
        _host.EndGuest(id);
        return Task.CompletedTask;
    }
}

/// <summary>Real processes under software emulation.</summary>
public sealed class QemuGuestWatchTests : GuestWatchContract, IAsyncDisposable
{
    private readonly QemuHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    protected override IHypervisorDriver Driver => QemuHost.Driver(_host.Options(Cloud));

    protected override TimeSpan Look => TimeSpan.FromSeconds(4);

    protected override Task<string> NewRootDiskAsync() => _host.NewBootDiskAsync();

    protected override async Task PowerOffInsideAsync(ServerId id)
    {
        var console = _host.Folder(id).Console;
        await Eventually.IsTrueAsync(
            async () => File.Exists(console) && (await File.ReadAllTextAsync(console, Ct)).Contains("guest is up"),
            "the guest is up"
        );
        await _host.TypeAsync(id, "q");
    }

    protected override Task KillAsync(ServerId id)
    {
        using var process = Process.GetProcessById(QemuHost.PidOf(_host.Folder(id).Path));
        process.Kill();
        return Task.CompletedTask;
    }
}
