using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Network;

/// <summary>What every network driver promises; the fake passes it too.</summary>
public abstract class NetworkDriverContract
{
    private readonly Dictionary<NetworkId, HostNetwork> _networks = [];

    // Clouds of the test's own: what is made on a machine is there for every test of it.
    protected string Cloud { get; } = $"cloud-{Guid.NewGuid():N}";

    private string OtherCloud => $"{Cloud}-b";

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A driver as a new agent on the same host makes it.</summary>
    protected abstract INetworkDriver NewDriver(string cloud);

    private INetworkDriver NewDriver() => NewDriver(Cloud);

    /// <summary>Takes away some of what the driver made, behind its back.</summary>
    protected abstract Task LoseAsync(HostPort port);

    /// <summary>Whether all that the port needs is there.</summary>
    protected abstract Task<bool> IsWholeAsync(HostPort port);

    /// <summary>What limits the port on this host: what its guest is sent, what it sends. Nothing where there is no port.</summary>
    protected abstract Task<(HostLimit? Ingress, HostLimit? Egress)> LimitsAsync(HostPort port);

    [Fact]
    public async Task Ensuring_twice_ends_where_once_ends()
    {
        var driver = NewDriver();
        var port = await NewPortAsync(driver);
        var network = NetworkOf(port);
        var once = (await driver.EnsureNetworkAsync(network, Ct), await driver.EnsurePortAsync(port, Ct));
        var twice = (await driver.EnsureNetworkAsync(network, Ct), await driver.EnsurePortAsync(port, Ct));
        Assert.Equal(once, twice);
        Assert.True(await IsWholeAsync(port));
        await HoldsAsync(driver, port);
    }

    [Fact]
    public async Task A_tag_that_cannot_be_is_refused()
    {
        var driver = NewDriver();
        var port = await NewPortAsync(driver);
        var other = new PortId(Guid.NewGuid());
        foreach (var tag in (HostTag[])[new(other, 0), new(other, 4095), new(port.Id, 7)])
            Assert.Equal(
                FaultCode.BadRequest,
                (await Assert.ThrowsAsync<Fault>(() => driver.EnsurePortAsync(port with { Tag = tag }, Ct))).Code
            );
    }

    [Fact]
    public async Task Removing_what_is_not_there_is_success()
    {
        var driver = NewDriver();
        await driver.RemovePortAsync(new PortId(Guid.NewGuid()), Ct);
        await driver.RemoveNetworkAsync(new NetworkId(Guid.NewGuid()), Ct);
        await HoldsNothingAsync(driver);
    }

    [Fact]
    public async Task What_was_removed_is_gone_and_may_be_removed_again()
    {
        var driver = NewDriver();
        var port = await NewPortAsync(driver);
        await driver.RemovePortAsync(port.Id, Ct);
        Assert.Empty((await driver.ListAsync(Ct)).Ports);
        Assert.Equal([port.Network], (await driver.ListAsync(Ct)).Networks);
        await driver.RemoveNetworkAsync(port.Network, Ct);
        await driver.RemovePortAsync(port.Id, Ct);
        await driver.RemoveNetworkAsync(port.Network, Ct);
        await HoldsNothingAsync(driver);
    }

    [Fact]
    public async Task A_removed_network_takes_its_ports_along()
    {
        var driver = NewDriver();
        var port = await NewPortAsync(driver);
        await driver.RemoveNetworkAsync(port.Network, Ct);
        await HoldsNothingAsync(driver);
        Assert.False(await IsWholeAsync(port));
    }

    [Fact]
    public async Task Names_are_taken_for_a_network_that_is_here_and_passed_over_for_another()
    {
        var driver = NewDriver();
        var network = (await NewPortAsync(driver)).Network;
        foreach (var id in (NetworkId[])[network, network, new(Guid.NewGuid())])
            await driver.EnsureNamesAsync(new(id, All: false, [new(new(Guid.NewGuid()), "db", ["10.0.0.99"])]), Ct);
        Assert.Equal([network], (await driver.ListAsync(Ct)).Networks);
    }

    [Fact]
    public async Task A_new_agent_finds_what_the_old_one_made()
    {
        var port = await NewPortAsync(NewDriver());
        await HoldsAsync(NewDriver(), port);
        await NewDriver().RemovePortAsync(port.Id, Ct);
        await NewDriver().RemoveNetworkAsync(port.Network, Ct);
        await HoldsNothingAsync(NewDriver());
    }

    [Fact]
    public async Task What_was_partly_lost_comes_back_when_it_is_ensured_again()
    {
        var port = await NewPortAsync(NewDriver());
        await LoseAsync(port);
        Assert.False(await IsWholeAsync(port));
        var driver = NewDriver();
        await driver.EnsureNetworkAsync(NetworkOf(port), Ct);
        await driver.EnsurePortAsync(port, Ct);
        Assert.True(await IsWholeAsync(port));
        await HoldsAsync(driver, port);
    }

    [Fact]
    public async Task What_was_partly_lost_can_be_removed()
    {
        var port = await NewPortAsync(NewDriver());
        await LoseAsync(port);
        await NewDriver().RemovePortAsync(port.Id, Ct);
        await NewDriver().RemoveNetworkAsync(port.Network, Ct);
        await HoldsNothingAsync(NewDriver());
    }

    [Fact]
    public async Task A_ports_limits_are_there_change_and_go()
    {
        var port = await NewPortAsync(NewDriver());
        (HostLimit? Ingress, HostLimit? Egress)[] orders =
        [
            (new(1000, 800), null),
            (new(1000, 800), new(2000, 1600)),
            (new(1000, 800), new(2000, 1600)),
            (new(3000, 400), new(500, 4000)),
            (null, new(500, 4000)),
            (null, null),
            (new(8000, 800), new(9000, 900)),
        ];
        Assert.Equal((null, null), await LimitsAsync(port));
        foreach (var order in orders)
        {
            // Each by a new agent: what the one before it knew is not needed.
            await NewDriver().EnsurePortAsync(Limited(port, order), Ct);
            Assert.Equal(order, await LimitsAsync(port));
        }
        await NewDriver().RemovePortAsync(port.Id, Ct);
        Assert.Equal((null, null), await LimitsAsync(port));
    }

    [Fact]
    public async Task Limits_that_were_lost_come_back_with_the_port()
    {
        var port = Limited(await NewPortAsync(NewDriver()), (new(1000, 800), new(2000, 1600)));
        await NewDriver().EnsurePortAsync(port, Ct);
        await LoseAsync(port);
        await NewDriver().EnsurePortAsync(port, Ct);
        Assert.True(await IsWholeAsync(port));
        Assert.Equal((new(1000, 800), new(2000, 1600)), await LimitsAsync(port));
        await NewDriver().RemoveNetworkAsync(port.Network, Ct);
        Assert.Equal((null, null), await LimitsAsync(port));
    }

    [Fact]
    public async Task A_port_of_a_network_that_is_not_here_is_refused()
    {
        var driver = NewDriver();
        var port = NewPort(NewNetwork(), 1);
        await RefusesAsync(FaultCode.NotFound, () => driver.EnsurePortAsync(port, Ct));
        await HoldsNothingAsync(driver);
    }

    [Fact]
    public async Task A_network_that_cannot_be_is_refused_and_nothing_is_made()
    {
        var driver = NewDriver();
        var network = NewNetwork();
        HostNetwork[] networks =
        [
            network with
            {
                Cloud = OtherCloud,
            },
            network with
            {
                SegmentType = "vlan",
            },
            network with
            {
                Mtu = 10,
            },
            network with
            {
                Subnets = [network.Subnets[0] with { Cidr = "10.0.0.0" }],
            },
            network with
            {
                Subnets = [network.Subnets[0] with { Cidr = "2001:db8::/64", DhcpAddress = "10.0.0.2" }],
            },
            network with
            {
                Subnets = [network.Subnets[0] with { Ipv6AddressMode = "slaac" }],
            },
            .. BadIpv6(),
        ];
        foreach (var bad in networks)
            await RefusesAsync(FaultCode.BadRequest, () => driver.EnsureNetworkAsync(bad, Ct));
        await HoldsNothingAsync(driver);
    }

    private IEnumerable<HostNetwork> BadIpv6()
    {
        var network = Specs6.Network(Cloud, "slaac");
        var subnet = network.Subnets[1];
        HostSubnet[] bad =
        [
            subnet with
            {
                DhcpAddress = "10.0.0.2",
            },
            subnet with
            {
                Ipv6AddressMode = "SLAAC",
            },
            subnet with
            {
                Ipv6RaMode = "",
            },
        ];
        return bad.Select(one => network with { Subnets = [one] }).Append(network with { Mtu = 1279 });
    }

    [Fact]
    public async Task A_network_of_both_versions_is_there_and_goes()
    {
        foreach (var mode in (string?[])["slaac", "dhcpv6-stateful", "dhcpv6-stateless", null])
        {
            var driver = NewDriver();
            var network = Carried(Specs6.Network(Cloud, mode));
            var port = Carried(Specs6.Port(network, 11)) with
            {
                AllowedPairs = [new("00:00:5e:00:01:01", "2001:db8::/64"), new("fa:16:3e:00:00:0b", "::/0")],
            };
            await driver.EnsureNetworkAsync(network, Ct);
            await driver.EnsurePortAsync(port, Ct);
            await driver.EnsureNetworkAsync(network, Ct);
            Assert.True(await IsWholeAsync(port));
            await driver.RemoveNetworkAsync(network.Id, Ct);
            await HoldsNothingAsync(driver);
        }
    }

    [Fact]
    public async Task A_port_that_cannot_be_is_refused_and_nothing_is_made()
    {
        var driver = NewDriver();
        var network = NewNetwork();
        await driver.EnsureNetworkAsync(network, Ct);
        var port = NewPort(network, 1);
        HostPort[] ports =
        [
            port with
            {
                Cloud = OtherCloud,
            },
            port with
            {
                Mac = "fa:16:3e",
            },
            port with
            {
                Mtu = 0,
            },
            port with
            {
                IngressLimit = new(0, 1),
            },
            port with
            {
                EgressLimit = new(1, 0),
            },
        ];
        foreach (var bad in ports)
            await RefusesAsync(FaultCode.BadRequest, () => driver.EnsurePortAsync(bad, Ct));
        Assert.Empty((await driver.ListAsync(Ct)).Ports);
    }

    [Fact]
    public async Task Another_clouds_networks_are_neither_listed_nor_touched()
    {
        var (ours, theirs) = (NewDriver(), NewDriver(OtherCloud));
        var port = await NewPortAsync(ours);
        await HoldsNothingAsync(theirs);
        await theirs.RemovePortAsync(port.Id, Ct);
        await theirs.RemoveNetworkAsync(port.Network, Ct);
        var network = NetworkOf(port) with { Cloud = OtherCloud };
        await RefusesAsync(FaultCode.Conflict, () => theirs.EnsureNetworkAsync(network, Ct));
        await theirs.RemoveNetworkAsync(port.Network, Ct);
        await HoldsAsync(ours, port);
        Assert.True(await IsWholeAsync(port));
    }

    [Fact]
    public async Task The_driver_says_that_it_can_work_here()
    {
        var report = await NewDriver().ProbeAsync(Ct);
        Assert.True(report.Ready, report.Problem);
        Assert.Null(report.Problem);
        Assert.Equal(DriverContract.Current, NewDriver().Contract);
    }

    protected HostNetwork NetworkOf(HostPort port) => _networks[port.Network];

    protected HostNetwork NewNetwork()
    {
        var network = Carried(Specs.Network(Cloud));
        return _networks[network.Id] = network;
    }

    /// <summary>The network as the driver's mechanism would bind it.</summary>
    protected virtual HostNetwork Carried(HostNetwork network) => network;

    /// <summary>The port as the driver's mechanism would bind it.</summary>
    protected virtual HostPort Carried(HostPort port) => port;

    protected HostPort NewPort(HostNetwork network, int number) => Carried(Specs.Port(network, number));

    protected async Task<HostPort> NewPortAsync(INetworkDriver driver)
    {
        var network = NewNetwork();
        await driver.EnsureNetworkAsync(network, Ct);
        var port = NewPort(network, 11);
        await driver.EnsurePortAsync(port, Ct);
        return port;
    }

    private static HostPort Limited(HostPort port, (HostLimit? Ingress, HostLimit? Egress) limits) =>
        port with
        {
            IngressLimit = limits.Ingress,
            EgressLimit = limits.Egress,
        };

    private static async Task HoldsAsync(INetworkDriver driver, HostPort port)
    {
        var holdings = await driver.ListAsync(Ct);
        Assert.Equal([port.Network], holdings.Networks);
        Assert.Equal([new HeldPort(port.Id, port.Network)], holdings.Ports);
    }

    private static async Task HoldsNothingAsync(INetworkDriver driver)
    {
        var holdings = await driver.ListAsync(Ct);
        Assert.Empty(holdings.Networks);
        Assert.Empty(holdings.Ports);
    }

    private static async Task RefusesAsync(FaultCode code, Func<Task> action) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<Fault>(action)).Code);
}
