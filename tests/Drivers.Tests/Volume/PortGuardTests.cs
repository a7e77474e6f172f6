using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Volume;
using Pipeline.Drivers.Volume.Nbd;

namespace Pipeline.Drivers.Tests.Volume;

/// <summary>The rules are ones that the kernel takes, of either version.</summary>
public sealed class PortGuardTests
{
    [Theory, InlineData("192.0.2.1", "192.0.2.9"), InlineData("fd00::1", "fd00::9")]
    public async Task Each_port_is_for_its_own_host(string address, string host)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the filter of the kernel needs root");
        var command = new Command(TimeProvider.System);
        var guard = new PortGuard(new VolumeOptions("/volumes", "cloud"), new NbdOptions(address), command);
        var rules = guard.Render([Record(host, 10810), Record(connector: null, 10811)]);
        Assert.Contains($"{host} . 10810, {address} . 10811", rules);
        await command.RunAsync(new("nft", ["-c", "-f", "-"], rules), TestContext.Current.CancellationToken);
        await command.RunAsync(new("nft", ["-c", "-f", "-"], guard.Render([])), TestContext.Current.CancellationToken);
    }

    private static ExportRecord Record(string? connector, int port)
    {
        var host = new HostConnector(new HostId(Guid.NewGuid()), "host", connector, Initiator: null);
        return new(new(new(Guid.NewGuid()), new(Guid.NewGuid()), host, IsReadOnly: false), port);
    }
}
