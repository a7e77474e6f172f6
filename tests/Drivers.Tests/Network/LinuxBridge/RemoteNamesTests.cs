using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>The names of guests on other hosts, asked of a real server by a real client.</summary>
public sealed class RemoteNamesTests : IAsyncLifetime
{
    private static readonly PortId Db = new(Guid.NewGuid());
    private BridgeHost _host = null!;
    private HostNetwork _network = null!;
    private Guest _guest = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await BridgeHost.StartAsync();
        _network = Specs6.Network(_host.Cloud, Ipv6Mode.Stateful);
        await _host.EnsureAsync(_network);
        _guest = await _host.AttachAsync(Specs6.Port(_network, 11, "fd00::b"));
    }

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task A_name_elsewhere_is_found_by_both_versions_and_backwards()
    {
        await TellAsync(new HostName(Db, "db", ["10.0.0.99", "fd00::99"]));
        await FindsAsync("10.0.0.99", "a", "db");
        await FindsAsync("10.0.0.99", "a", "db.openstacklocal");
        await FindsAsync("fd00::99", "aaaa", "db.openstacklocal");
        await FindsAsync("name = db.openstacklocal", "ptr", "10.0.0.99");
        await FindsAsync("name = db.openstacklocal", "ptr", "fd00::99");
        await FindsAsync("10.0.0.11", "a", "host-11"); // its own guests, as before
    }

    [Fact]
    public async Task News_change_what_they_name_and_nothing_else()
    {
        var server = Assert.Single(_host.DhcpServers(_network.Id)).Id;
        var web = new PortId(Guid.NewGuid());
        await TellAsync(new HostName(Db, "db", ["10.0.0.99"]), new HostName(web, "web", ["10.0.0.98"]));
        await TellAsync(new HostName(Db, "db", ["10.0.0.97"]));
        await FindsAsync("10.0.0.97", "a", "db");
        await FindsNotAsync("10.0.0.99", "db");
        await FindsAsync("10.0.0.98", "a", "web");
        await TellAsync(new HostName(Db, null, []));
        await FindsNotAsync("10.0.0.97", "db");
        await FindsAsync("10.0.0.98", "a", "web");
        await _host.Driver().EnsureNamesAsync(new(_network.Id, All: true, [new(Db, "db", ["10.0.0.96"])]), Ct);
        await FindsAsync("10.0.0.96", "a", "db");
        await FindsNotAsync("10.0.0.98", "web");
        Assert.Equal(server, Assert.Single(_host.DhcpServers(_network.Id)).Id); // it was never away
    }

    [Fact]
    public async Task Names_stay_when_the_network_and_its_ports_are_ensured_again_and_follow_its_domain()
    {
        await TellAsync(new HostName(Db, "db", ["10.0.0.99"]));
        await _host.EnsureAsync(_network with { Domain = "lab.example" }, Specs6.Port(_network, 12, "fd00::c"));
        await FindsAsync("10.0.0.99", "a", "db.lab.example");
    }

    [Fact]
    public async Task A_port_that_is_here_has_the_name_that_it_was_plugged_with()
    {
        var port = Specs6.Port(_network, 12, "fd00::c");
        await TellAsync(new HostName(port.Id, "early", ["10.0.0.12"]));
        await FindsAsync("10.0.0.12", "a", "early");
        await _host.EnsureAsync(_network, port);
        await FindsAsync("10.0.0.12", "a", "host-12");
        await FindsNotAsync("10.0.0.12", "early");
        await _host.Driver().RemovePortAsync(port.Id, Ct);
        await FindsNotAsync("10.0.0.12", "early");
    }

    [Fact]
    public async Task Names_reach_a_network_whose_guests_have_options_of_their_own()
    {
        var port = Specs6.Port(_network, 12, "fd00::c") with { DhcpOptions = [new("domain-name", "guest.example")] };
        await _host.EnsureAsync(_network, port);
        await TellAsync(new HostName(Db, "db", ["10.0.0.99"]));
        await FindsAsync("10.0.0.99", "a", "db");
        await TellAsync(new HostName(Db, null, []));
        await FindsNotAsync("10.0.0.99", "db");
    }

    [Fact]
    public async Task What_is_no_name_or_lies_in_no_subnet_is_not_served_and_what_is_no_address_is_refused()
    {
        await TellAsync(new HostName(Db, "db\n10.0.0.11 evil", ["10.0.0.99"]));
        await FindsNotAsync("10.0.0.11", "evil");
        await TellAsync(new HostName(Db, "db", ["192.0.2.1"]));
        await FindsNotAsync("192.0.2.1", "db");
        var refused = await Assert.ThrowsAsync<Fault>(() => TellAsync(new HostName(Db, "db", ["10.0.0.9 evil"])));
        Assert.Equal(FaultCode.BadRequest, refused.Code);
    }

    private Task TellAsync(params HostName[] names) =>
        _host.Driver().EnsureNamesAsync(new(_network.Id, All: false, names), Ct);

    // The server reads its files again a moment after it was told to.
    private Task FindsAsync(string answer, string type, string name) =>
        Eventually.IsTrueAsync(async () => Has(await LookUpAsync(type, name), answer), $"{name} is {answer}");

    private Task FindsNotAsync(string answer, string name) =>
        Eventually.IsTrueAsync(
            async () => await LookUpAsync("a", name) is var told && Has(told, "Server:") && !Has(told, answer),
            $"{name} is not {answer}"
        );

    private static bool Has(string told, string answer) => told.Contains(answer, StringComparison.Ordinal);

    private async Task<string> LookUpAsync(string type, string name)
    {
        string[] which = type == "ptr" ? [] : [$"-type={type}"]; // an address is asked for backwards by itself
        return (await _host.TryAsync(_guest.Space, "busybox", ["nslookup", .. which, name, "10.0.0.2"])).Output;
    }
}
