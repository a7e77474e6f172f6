using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.Fake;

namespace Pipeline.Drivers.Tests.Network;

public sealed class FakeNetworkDriverTests : NetworkDriverContract
{
    private readonly FakeHost _host = new();

    protected override INetworkDriver NewDriver(string cloud) => new FakeNetworkDriver(_host, cloud);

    protected override Task LoseAsync(HostPort port)
    {
        _host.Ports.Remove($"{port.Id}");
        return Task.CompletedTask;
    }

    protected override Task<bool> IsWholeAsync(HostPort port) =>
        Task.FromResult(_host.Ports.ContainsKey($"{port.Id}") && _host.Networks.ContainsKey($"{port.Network}"));

    protected override Task<(HostLimit? Ingress, HostLimit? Egress)> LimitsAsync(HostPort port)
    {
        var known = _host.Ports.GetValueOrDefault($"{port.Id}");
        return Task.FromResult((known?.IngressLimit, known?.EgressLimit));
    }

    [Fact]
    public async Task There_is_no_device_and_no_namespace()
    {
        var network = NewNetwork();
        Assert.Null(await NewDriver(Cloud).EnsureNetworkAsync(network, Ct));
        Assert.Null(await NewDriver(Cloud).EnsurePortAsync(Specs.Port(network, 11), Ct));
    }

    [Fact]
    public async Task An_operation_failed_before_it_took_effect_changes_nothing()
    {
        var network = NewNetwork();
        _host.Before = (operation, id) =>
            operation == "EnsureNetwork" && id == $"{network.Id}"
                ? throw new Fault(FaultCode.DriverFailed, "told to fail")
                : Task.CompletedTask;
        await Assert.ThrowsAsync<Fault>(() => NewDriver(Cloud).EnsureNetworkAsync(network, Ct));
        Assert.Empty((await NewDriver(Cloud).ListAsync(Ct)).Networks);
    }

    [Fact]
    public async Task An_operation_whose_answer_was_lost_has_taken_effect()
    {
        var network = NewNetwork();
        _host.After = (operation, _) =>
            operation == "EnsureNetwork" ? throw new OperationCanceledException() : Task.CompletedTask;
        var ensuring = NewDriver(Cloud).EnsureNetworkAsync(network, Ct);
        await Assert.ThrowsAsync<OperationCanceledException>(() => ensuring);
        Assert.Equal([network.Id], (await NewDriver(Cloud).ListAsync(Ct)).Networks);
    }
}
