using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Router;

/// <summary>What every router driver promises; the fake passes it too.</summary>
public abstract class RouterDriverContract
{
    protected string Cloud { get; private set; } = $"cloud-{Guid.NewGuid():N}";

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A driver as a new agent on the same host makes it.</summary>
    protected abstract IRouterDriver NewDriver(string cloud);

    /// <summary>A port for a leg, and its device.</summary>
    protected abstract Task<(HostPort Port, string? Device)> NewLegAsync();

    private IRouterDriver NewDriver() => NewDriver(Cloud);

    protected void Use(string cloud) => Cloud = cloud;

    [Fact]
    public async Task Ensuring_twice_ends_where_once_ends()
    {
        var (router, devices) = await NewRouterAsync();
        await NewDriver().EnsureRouterAsync(router, devices, Ct);
        await NewDriver().EnsureRouterAsync(router, devices, Ct);
        Assert.Equal([router.Id], await NewDriver().ListRoutersAsync(Ct));
    }

    [Fact]
    public async Task Removing_what_is_not_there_is_success()
    {
        await NewDriver().RemoveRouterAsync(new RouterId(Guid.NewGuid()), Ct);
        Assert.Empty(await NewDriver().ListRoutersAsync(Ct));
    }

    [Fact]
    public async Task What_was_removed_is_gone_and_may_be_removed_again()
    {
        var (router, devices) = await NewRouterAsync();
        await NewDriver().EnsureRouterAsync(router, devices, Ct);
        await NewDriver().RemoveRouterAsync(router.Id, Ct);
        await NewDriver().RemoveRouterAsync(router.Id, Ct);
        Assert.Empty(await NewDriver().ListRoutersAsync(Ct));
    }

    [Fact]
    public async Task Another_clouds_routers_are_neither_listed_nor_touched()
    {
        var (router, devices) = await NewRouterAsync();
        await NewDriver().EnsureRouterAsync(router, devices, Ct);
        var theirs = NewDriver($"{Cloud}-b");
        Assert.Empty(await theirs.ListRoutersAsync(Ct));
        await theirs.RemoveRouterAsync(router.Id, Ct);
        var order = router with { Cloud = $"{Cloud}-b" };
        await RefusesAsync(FaultCode.Conflict, () => theirs.EnsureRouterAsync(order, devices, Ct));
        Assert.Equal([router.Id], await NewDriver().ListRoutersAsync(Ct));
    }

    [Fact]
    public async Task A_router_that_cannot_be_is_refused_and_nothing_is_made()
    {
        var (router, devices) = await NewRouterAsync();
        var leg = router.Legs[0];
        HostRouter[] routers =
        [
            router with
            {
                Cloud = $"{Cloud}-b",
            },
            router with
            {
                Legs = [leg with { Mac = "fa:16:3e" }],
            },
            router with
            {
                Legs = [leg with { Mtu = 0 }],
            },
            router with
            {
                Legs = [leg with { Addresses = ["10.0.0.1"] }],
            },
            router with
            {
                Legs = [leg with { Addresses = ["10.0.0.1 dev lo/24"] }],
            },
            router with
            {
                Routes = [new HostRoute("10.9.0.0/16", "there")],
            },
            router with
            {
                Routes = [new HostRoute("10.9.0.1/16", "10.0.0.9")],
            },
            router with
            {
                FloatingIps = [new HostFloatingIp("203.0.113.9", "10.0.0.9")],
            },
            router with
            {
                Forwardings = [Forwarding],
            },
            .. BadIpv6(router),
            .. await BadForwardingsAsync(router, devices),
        ];
        foreach (var bad in routers)
            await RefusesAsync(FaultCode.BadRequest, () => NewDriver().EnsureRouterAsync(bad, devices, Ct));
        Assert.Empty(await NewDriver().ListRoutersAsync(Ct));
    }

    [Fact]
    public async Task Forwarded_ports_come_and_go_with_the_router_as_it_is_told()
    {
        var (router, devices) = await NewRouterAsync();
        router = await OutsideAsync(router, devices);
        await NewDriver().EnsureRouterAsync(router with { Forwardings = [Forwarding] }, devices, Ct);
        await NewDriver()
            .EnsureRouterAsync(
                router with
                {
                    Forwardings = [Forwarding with { FixedPort = 23 }, Forwarding with { Protocol = "udp" }],
                },
                devices,
                Ct
            );
        await NewDriver().EnsureRouterAsync(router, devices, Ct);
        Assert.Equal([router.Id], await NewDriver().ListRoutersAsync(Ct));
    }

    [Fact]
    public async Task The_driver_says_that_it_can_work_here()
    {
        var report = await NewDriver().ProbeAsync(Ct);
        Assert.True(report.Ready, report.Problem);
        Assert.Equal(DriverContract.Current, NewDriver().Contract);
    }

    private async Task<(HostRouter Router, Dictionary<PortId, string?> Devices)> NewRouterAsync()
    {
        var (port, device) = await NewLegAsync();
        var router = RouterSpecs.Router(Cloud) with { Legs = [RouterSpecs.LegOf(port)] };
        return (router, new() { [port.Id] = device });
    }

    private static IEnumerable<HostRouter> BadIpv6(HostRouter router)
    {
        var leg = router.Legs[0] with { Addresses = ["fd00::1/64"] };
        RouterLeg[] bad =
        [
            leg with
            {
                Addresses = ["fd00::1/129"],
            },
            leg with
            {
                Addresses = ["FD00::1/64"],
            },
            leg with
            {
                Mtu = 1279,
            },
            .. (
                (RouterAdvertisement[])
                    [
                        new("10.0.0.0/24", "slaac", []),
                        new("fd00::1/64", "slaac", []),
                        new("fd00::/64", "slaac; }", []),
                        new("fd00::/64", "slaac", ["fd00::53 { }"]),
                    ]
            ).Select(advertisement => leg with { Advertisements = [advertisement] }),
        ];
        return
        [
            .. bad.Select(one => router with { Legs = [one] }),
            router with
            {
                Routes = [new HostRoute("2001:db8::/32", "10.0.0.9")],
            },
            router with
            {
                Gateway = new RouterGateway(leg, null, Snat: true) { NextHop6 = "203.0.113.1" },
            },
        ];
    }

    [Fact]
    public async Task IPv6_comes_and_goes_with_the_router_as_it_is_told()
    {
        var (router, devices) = await NewRouterAsync();
        var leg = router.Legs[0];
        var told = leg with
        {
            Addresses = [.. leg.Addresses, "fd00::1/64"],
            Advertisements = [new("fd00::/64", "slaac", ["2001:db8::53"])],
        };
        var ipv6 = router with { Legs = [told], Routes = [new HostRoute("2001:db8::/32", "fd00::9")] };
        foreach (var next in (HostRouter[])[router, ipv6, ipv6 with { AdminUp = false }, ipv6, router])
        {
            await NewDriver().EnsureRouterAsync(next, devices, Ct);
            Assert.Equal([router.Id], await NewDriver().ListRoutersAsync(Ct));
        }
    }

    private static HostForwarding Forwarding => new("203.0.113.9", "tcp", 2222, "10.0.0.9", 22);

    private async Task<IEnumerable<HostRouter>> BadForwardingsAsync(
        HostRouter router,
        Dictionary<PortId, string?> devices
    )
    {
        var open = await OutsideAsync(router, devices);
        HostForwarding[][] bad =
        [
            [Forwarding with { Address = "203.0.113" }],
            [Forwarding with { FixedAddress = "10.0.0.9/32" }],
            [Forwarding with { Protocol = "icmp" }],
            [Forwarding with { Protocol = "TCP" }],
            [Forwarding with { Port = 0 }],
            [Forwarding with { FixedPort = 65536 }],
            [Forwarding, Forwarding with { FixedPort = 23 }],
        ];
        return bad.Select(forwardings => open with { Forwardings = forwardings });
    }

    /// <summary>The same router with a way out.</summary>
    private async Task<HostRouter> OutsideAsync(HostRouter router, Dictionary<PortId, string?> devices)
    {
        var (port, device) = await NewLegAsync();
        devices[port.Id] = device;
        var leg = RouterSpecs.LegOf(port) with { Addresses = ["203.0.113.10/24"] };
        return router with { Gateway = new RouterGateway(leg, "203.0.113.1", Snat: true) };
    }

    private static async Task RefusesAsync(FaultCode code, Func<Task> action) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<Fault>(action)).Code);
}
