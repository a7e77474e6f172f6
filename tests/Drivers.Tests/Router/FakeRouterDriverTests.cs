using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Router.Fake;
using Pipeline.Drivers.Tests.Network;

namespace Pipeline.Drivers.Tests.Router;

public sealed class FakeRouterDriverTests : RouterDriverContract
{
    private readonly FakeHost _host = new();

    protected override IRouterDriver NewDriver(string cloud) => new FakeRouterDriver(_host, cloud);

    protected override Task<(HostPort Port, string? Device)> NewLegAsync() =>
        Task.FromResult<(HostPort, string?)>((RouterSpecs.Port(Specs.Network(Cloud), "10.0.0.1", 1), null));
}
