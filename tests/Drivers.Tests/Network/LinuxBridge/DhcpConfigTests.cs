using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

public sealed class DhcpConfigTests
{
    private static readonly HostNetwork Network = Specs.Network("cloud") with
    {
        Id = new(new Guid("01234567-89ab-cdef-0000-000000000000")),
        Subnets =
        [
            new HostSubnet(
                new(new Guid("cccccccc-cccc-0000-0000-000000000000")),
                "10.0.0.0/23",
                "10.0.0.1",
                "10.0.0.2",
                ["2001:db8::53", "192.0.2.53"],
                [new HostRoute("198.51.100.0/24", "10.0.0.9")]
            ),
        ],
    };

    [Theory]
    [InlineData(null, "usual")]
    [InlineData("lab.example", "lab.example")]
    public void A_network_has_its_own_domain_or_the_usual_one(string? own, string domain) =>
        Assert.Equal(domain, DhcpConfig.DomainOf(Network with { Domain = own }, "usual"));

    [Theory]
    [InlineData("")]
    [InlineData("lab.example.")]
    [InlineData("lab\nserver=192.0.2.1")]
    [InlineData("-lab")]
    public void What_is_no_domain_is_refused(string domain) =>
        Assert.Equal(
            FaultCode.BadRequest,
            Assert.Throws<Fault>(() => DhcpConfig.DomainOf(Network with { Domain = domain }, "usual")).Code
        );

    [Fact]
    public void A_network_is_configured_so() =>
        Assert.Equal(
            """
            pid-file=/run/net/dnsmasq.pid
            interface=plb0123456789a
            except-interface=lo
            bind-interfaces
            no-resolv
            no-hosts
            domain=cloud.example
            local=/cloud.example/
            local=//
            addn-hosts=/run/net/names
            dhcp-hostsfile=/run/net/guests
            dhcp-optsfile=/run/net/options
            dhcp-authoritative
            dhcp-ignore=tag:!known
            dhcp-ignore-names
            dhcp-lease-max=65536
            dhcp-option-force=option:mtu,1450
            leasefile-ro
            no-ping
            quiet-dhcp
            dhcp-range=set:sccccccccccc,10.0.0.0,static,255.255.254.0,86400
            dhcp-option=tag:sccccccccccc,option:router,10.0.0.1
            dhcp-option=tag:sccccccccccc,option:dns-server,192.0.2.53
            dhcp-option=tag:sccccccccccc,option:classless-static-route,169.254.169.254/32,10.0.0.2,198.51.100.0/24,10.0.0.9,0.0.0.0/0,10.0.0.1
            dhcp-option=tag:sccccccccccc,249,169.254.169.254/32,10.0.0.2,198.51.100.0/24,10.0.0.9,0.0.0.0/0,10.0.0.1

            """,
            DhcpConfig.Render(Network, "/run/net", "cloud.example")
        );

    [Fact]
    public void A_guest_is_known_by_its_Ethernet_address_and_has_one_address_a_subnet()
    {
        var port = Specs.Port(Network, 11);
        port = port with { Addresses = [.. port.Addresses, new HostAddress(Network.Subnets[0].Id, "10.0.0.12")] };
        Assert.Equal(["fa:16:3e:00:00:0b,id:*,10.0.0.11,host-11"], DhcpConfig.Guests(Network, [new(port, 1)]));
    }

    [Fact]
    public void All_addresses_of_a_guest_have_its_name_and_so_have_those_of_guests_elsewhere()
    {
        var port = Specs.Port(Network, 11);
        port = port with { Addresses = [.. port.Addresses, new HostAddress(Network.Subnets[0].Id, "10.0.0.12")] };
        HostName[] told =
        [
            new(port.Id, "old", ["10.0.0.99"]),
            new(new(Guid.NewGuid()), "db", ["10.0.1.7", "192.0.2.7"]),
            new(new(Guid.NewGuid()), "no name", ["10.0.1.8"]),
        ];
        Assert.Equal(
            ["10.0.0.11 host-11.example host-11", "10.0.0.12 host-11.example host-11", "10.0.1.7 db.example db"],
            DhcpConfig.HostNames(Network, [new(port, 1)], told, "example")
        );
    }

    [Theory]
    [InlineData(Ipv6Mode.Stateful)]
    [InlineData(Ipv6Mode.Stateless)]
    [InlineData(null)]
    public void A_subnet_of_IPv6_is_configured_so(string? mode)
    {
        var network = Dual(mode);
        Assert.EndsWith(
            """
            dhcp-duid=0,02:00:00:00:00:00
            dhcp-range=set:sddddddddddd,fd00::,static,64,86400
            dhcp-option=tag:sddddddddddd,option6:dns-server,[fd00::53]
            dhcp-option=tag:sddddddddddd,option6:domain-search,cloud.example

            """,
            DhcpConfig.Render(network with { Subnets = [network.Subnets[1]] }, "/run/net", "cloud.example")
        );
        var port = DualPort(network);
        Assert.Equal(["fa:16:3e:00:00:0b,id:*,10.0.0.11,[fd00::b],host-11"], DhcpConfig.Guests(network, [port]));
        var alone = network with { Subnets = [network.Subnets[1]] };
        Assert.Equal(["fa:16:3e:00:00:0b,id:*,[fd00::b],host-11"], DhcpConfig.Guests(alone, [port]));
        Assert.Equal(
            ["10.0.0.11 host-11.example host-11", "fd00::b host-11.example host-11"],
            DhcpConfig.HostNames(network, [port], [], "example")
        );
    }

    [Fact]
    public void A_guest_without_an_address_of_a_version_is_not_leased_that_of_another_guest_of_its_name()
    {
        var network = Dual(Ipv6Mode.Stateful);
        var port = DualPort(network);
        foreach (var (number, line) in new[] { "10.0.0.11", "[fd00::b]" }.Index())
        {
            var half = port with { Port = port.Port with { Addresses = [port.Port.Addresses[number]] } };
            Assert.Equal([$"fa:16:3e:00:00:0b,id:*,{line}"], DhcpConfig.Guests(network, [half]));
        }
    }

    [Fact]
    public void A_subnet_whose_guests_find_all_by_themselves_needs_no_server()
    {
        var network = Dual(Ipv6Mode.Slaac);
        Assert.DoesNotContain("fd00", DhcpConfig.Render(network, "/run/net", "cloud.example"));
        Assert.Equal(["fa:16:3e:00:00:0b,id:*,10.0.0.11,host-11"], DhcpConfig.Guests(network, [DualPort(network)]));
        Assert.False(DhcpConfig.IsNeeded(network with { Subnets = [network.Subnets[1]] }));
    }

    private static HostNetwork Dual(string? mode) =>
        Network with
        {
            Subnets =
            [
                Network.Subnets[0],
                new(
                    new(new Guid("dddddddd-dddd-0000-0000-000000000000")),
                    "fd00::/64",
                    "fd00::1",
                    "fd00::2",
                    ["fd00::53"],
                    []
                )
                {
                    Ipv6AddressMode = mode,
                },
            ],
        };

    private static FilteredPort DualPort(HostNetwork network)
    {
        var port = Specs.Port(network, 11);
        return new(port with { Addresses = [.. port.Addresses, new(network.Subnets[1].Id, "fd00::b")] }, 1);
    }

    [Fact]
    public void A_guest_is_told_its_own_options()
    {
        var port = new FilteredPort(
            Specs.Port(Network, 11) with
            {
                DhcpOptions =
                [
                    new("bootfile-name", "pxe.0"),
                    new("150", "192.0.2.9"),
                    new("router", ""),
                    new("ntp-server", "2001:db8::1, 2001:db8::2") { Version = 6 },
                    new("59", "tftp://[2001:db8::1]/boot.efi") { Version = 6 },
                ],
            },
            1
        );
        Assert.Equal(
            [
                $"tag:o{port.Key},option:bootfile-name,pxe.0",
                $"tag:o{port.Key},150,192.0.2.9",
                $"tag:o{port.Key},option:router",
                $"tag:o{port.Key},option6:ntp-server,[2001:db8::1],[2001:db8::2]",
                $"tag:o{port.Key},option6:59,tftp://[2001:db8::1]/boot.efi",
            ],
            DhcpConfig.Options([port])
        );
        Assert.Equal([$"fa:16:3e:00:00:0b,id:*,set:o{port.Key},10.0.0.11,host-11"], DhcpConfig.Guests(Network, [port]));
    }

    [Theory]
    [InlineData("bootfile-name", "a\ndhcp-script=/bin/sh")]
    [InlineData("a,b", "x")]
    [InlineData("", "x")]
    public void An_option_that_is_more_than_one_is_refused(string name, string value)
    {
        var port = Specs.Port(Network, 11) with { DhcpOptions = [new(name, value)] };
        Assert.Throws<Fault>(() => DhcpConfig.Options([new(port, 1)]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-web")]
    [InlineData("web\ndhcp-script=/bin/sh")]
    [InlineData("web,infinite")]
    [InlineData("a.b")]
    public void A_name_that_is_none_is_left_out(string name)
    {
        var port = Specs.Port(Network, 11) with { HostName = name };
        Assert.Equal(["fa:16:3e:00:00:0b,id:*,10.0.0.11"], DhcpConfig.Guests(Network, [new(port, 1)]));
        Assert.Empty(DhcpConfig.HostNames(Network, [new(port, 1)], [], "example"));
    }

    [Fact]
    public void A_subnet_without_DHCP_leases_nothing()
    {
        var network = Network with { Subnets = [Network.Subnets[0] with { DhcpAddress = null }] };
        Assert.False(DhcpConfig.IsNeeded(network));
        Assert.Empty(DhcpConfig.Guests(network, [new(Specs.Port(network, 11), 1)]));
    }

    [Fact]
    public void An_address_that_is_none_is_refused()
    {
        var network = Network with
        {
            Subnets = [Network.Subnets[0] with { DnsServers = ["192.0.2.53\nserver=192.0.2.1"] }],
        };
        Assert.Equal(
            FaultCode.BadRequest,
            Assert.Throws<Fault>(() => DhcpConfig.Render(network, "/run", "example")).Code
        );
    }
}
