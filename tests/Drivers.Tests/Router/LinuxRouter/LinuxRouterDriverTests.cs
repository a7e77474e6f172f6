using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Tests.Network;
using Pipeline.Drivers.Tests.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Router.LinuxRouter;

/// <summary>The contract on a real kernel.</summary>
public sealed class LinuxRouterDriverTests : RouterDriverContract, IAsyncLifetime
{
    private BridgeHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await BridgeHost.StartAsync();
        Use(_host.Cloud);
    }

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    protected override IRouterDriver NewDriver(string cloud) => _host.Router(cloud);

    protected override async Task<(HostPort Port, string? Device)> NewLegAsync()
    {
        var network = Specs.Network(_host.Cloud);
        await _host.EnsureAsync(network);
        var port = RouterSpecs.Port(network, "10.0.0.1", 1);
        return (port, await _host.Driver().EnsurePortAsync(port, Ct));
    }
}
