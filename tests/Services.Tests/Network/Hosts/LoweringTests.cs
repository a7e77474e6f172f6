using System.Text.Json;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Network;
using Pipeline.Network.Hosts;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.SecurityGroupRules;
using Pipeline.Network.Subnets;

namespace Pipeline.Services.Tests.Network.Hosts;

public sealed class LoweringTests
{
    private static readonly SecurityGroupId Web = new(new Guid(1, 0, 0, new byte[8]));
    private static readonly SecurityGroupId Db = new(new Guid(2, 0, 0, new byte[8]));
    private static readonly SecurityGroupId Old = new(new Guid(3, 0, 0, new byte[8]));
    private static readonly PortId Dhcp = new(new Guid(9, 0, 0, new byte[8]));
    private static readonly SubnetRow Subnet = new()
    {
        Id = new(new Guid(5, 0, 0, new byte[8])),
        Cidr = "10.0.0.0/24",
        GatewayIp = "10.0.0.1",
        EnableDhcp = true,
        DnsNameservers = "9.9.9.9,1.1.1.1",
        HostRoutes = "172.16.0.0/12=10.0.0.9",
    };
    private static readonly NetworkRow Net = new()
    {
        Mtu = 1450,
        AdminStateUp = true,
        NetworkType = "local",
        DhcpPortId = Dhcp,
    };
    private static readonly PortRow Port = new()
    {
        MacAddress = "fa:16:3e:00:00:01",
        AdminStateUp = true,
        PortSecurityEnabled = true,
        GuestName = "Web Server_1",
    };

    [Fact]
    public void A_rule_becomes_numbers_and_prefixes()
    {
        (SecurityGroupRuleRow Rule, PortRule? Lowered)[] cases =
        [
            (Rule("egress", "IPv4"), new(RuleDirection.Egress, 4, null, null, null, null)),
            (Rule("egress", "IPv6"), new(RuleDirection.Egress, 6, null, null, null, null)),
            (Rule("ingress", "IPv4", "tcp", 22, 22), new(RuleDirection.Ingress, 4, 6, 22, 22, null)),
            (Rule("ingress", "IPv4", "6", 1, 2), new(RuleDirection.Ingress, 4, 6, 1, 2, null)),
            (Rule("ingress", "IPv4", "icmp", 8, 0), new(RuleDirection.Ingress, 4, 1, 8, 0, null)),
            (Rule("ingress", "IPv6", "ipv6-icmp"), new(RuleDirection.Ingress, 6, 58, null, null, null)),
            (Rule("ingress", "IPv4", "ip"), new(RuleDirection.Ingress, 4, null, null, null, null)),
            (Rule("ingress", "IPv4", "vrrp"), new(RuleDirection.Ingress, 4, 112, null, null, null)),
            (Prefixed("10.1.0.0/16"), new(RuleDirection.Ingress, 4, null, null, null, ["10.1.0.0/16"])),
            (Prefixed("0.0.0.0/0"), new(RuleDirection.Ingress, 4, null, null, null, null)),
            (
                Rule("ingress", "IPv4", remote: Db),
                new(RuleDirection.Ingress, 4, null, null, null, ["10.0.0.4/31", "10.0.0.9/32"])
            ),
            (Rule("ingress", "IPv6", remote: Db), new(RuleDirection.Ingress, 6, null, null, null, ["fd00::4/127"])),
            (Rule("ingress", "IPv6", remote: Old), null), // no member has an address of that version
            (Rule("ingress", "IPv4", remote: Web), null), // nobody is in it
        ];
        foreach (var (rule, expected) in cases)
        {
            var lowered = Lowering.Rules([Web], Facts(rule)).SingleOrDefault();
            Assert.Equal(Text(expected), Text(lowered));
        }
    }

    [Fact]
    public void A_rule_tells_whose_members_its_prefixes_are_and_others_are_told_as_ever()
    {
        string Told(SecurityGroupRuleRow rule) =>
            JsonSerializer.Serialize(
                new BoundPorts([], [Lowering.Port(Port, Facts(rule), "c")]),
                ContractsJson.Default.BoundPorts
            );
        Assert.Contains($"{Db}", Told(Rule("ingress", "IPv4", remote: Db)), StringComparison.Ordinal);
        foreach (var rule in new[] { Rule("ingress", "IPv4"), Prefixed("10.1.0.0/16") })
            Assert.DoesNotContain("remoteGroup", Told(rule), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void What_two_groups_allow_alike_is_told_once()
    {
        var facts = Facts(Rule("egress", "IPv4"), Rule("egress", "IPv4") with { SecurityGroupId = Db });
        Assert.Single(Lowering.Rules([Web, Db], facts));
    }

    [Fact]
    public void The_order_of_rules_does_not_depend_on_that_of_rows()
    {
        var (a, b) = (Rule("egress", "IPv4"), Rule("ingress", "IPv4", "tcp", 22, 22));
        Assert.Equal(Lowering.Rules([Web], Facts(a, b)).Select(Text), Lowering.Rules([Web], Facts(b, a)).Select(Text));
    }

    [Fact]
    public void A_port_is_told_with_its_addresses_name_and_mtu()
    {
        var lowered = Lowering.Port(Port, Facts(Rule("egress", "IPv4")), "cloud");
        Assert.Equal(
            ("fa:16:3e:00:00:01", "web-server-1", 1450, true, true, "cloud"),
            (lowered.Mac, lowered.HostName, lowered.Mtu, lowered.AdminUp, lowered.Secured, lowered.Cloud)
        );
        Assert.Equal(new HostAddress(Subnet.Id, "10.0.0.7"), Assert.Single(lowered.Addresses));
        Assert.Single(lowered.Rules);
    }

    [Fact]
    public void A_port_without_filtering_has_no_rules()
    {
        var lowered = Lowering.Port(Port with { PortSecurityEnabled = false }, Facts(Rule("egress", "IPv4")), "c");
        Assert.False(lowered.Secured);
        Assert.Empty(lowered.Rules);
    }

    [Fact]
    public void A_port_of_stateless_groups_is_told_so_and_one_of_others_as_ever()
    {
        var facts = Facts();
        var stateless = facts with { Stateless = new HashSet<PortId> { Port.Id } };
        Assert.True(Lowering.Port(Port, stateless, "c").Stateless);
        Assert.False(Lowering.Port(Port with { PortSecurityEnabled = false }, stateless, "c").Stateless);
        var usual = new BoundPorts([], [Lowering.Port(Port, facts, "c")]);
        var text = JsonSerializer.Serialize(usual, ContractsJson.Default.BoundPorts);
        Assert.DoesNotContain("stateless", text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public void A_port_is_up_when_it_and_its_network_are(bool port, bool network, bool up)
    {
        var facts = Facts(Net with { AdminStateUp = network });
        Assert.Equal(up, Lowering.Port(Port with { AdminStateUp = port }, facts, "c").AdminUp);
    }

    [Fact]
    public void A_network_is_told_with_what_dhcp_tells_guests()
    {
        var lowered = Lowering.Network(Net, Facts(), "cloud", Here);
        Assert.Equal(("local", 0, 1450), (lowered.SegmentType, lowered.SegmentId, lowered.Mtu));
        var subnet = Assert.Single(lowered.Subnets);
        Assert.Equal(
            ("10.0.0.0/24", "10.0.0.1", "10.0.0.2", "9.9.9.9 1.1.1.1"),
            (subnet.Cidr, subnet.Gateway, subnet.DhcpAddress, string.Join(' ', subnet.DnsServers))
        );
        Assert.Equal(new HostRoute("172.16.0.0/12", "10.0.0.9"), Assert.Single(subnet.Routes));
    }

    [Fact]
    public void A_network_is_told_with_its_other_hosts() =>
        Assert.Equal(["192.0.2.2"], Lowering.Network(Net, Facts(), "cloud", Here).Peers);

    private static readonly HostId Here = new(new Guid(1, 2, 3, new byte[8]));

    [Theory]
    [InlineData("web-1", "web-1")]
    [InlineData("Web Server_1", "web-server-1")]
    [InlineData("a.b.example", "a-b-example")]
    [InlineData("-x-", "x")]
    [InlineData("x\nhost=evil", "xhostevil")]
    [InlineData("日本", "host-10-0-0-7")]
    [InlineData("", "host-10-0-0-7")]
    public void A_guest_gets_a_name_that_dns_knows(string server, string name) =>
        Assert.Equal(name, GuestNames.Of(server, "10.0.0.7"));

    [Fact]
    public void A_long_name_is_cut_to_a_label() => Assert.Equal(63, GuestNames.Of(new string('a', 200), null).Length);

    private static SecurityGroupRuleRow Rule(
        string direction,
        string etherType,
        string? protocol = null,
        int? min = null,
        int? max = null,
        SecurityGroupId? remote = null
    ) =>
        new SecurityGroupRuleRow
        {
            SecurityGroupId = Web,
            Direction = direction,
            Ethertype = etherType,
            Protocol = protocol,
            PortRangeMin = min,
            PortRangeMax = max,
            RemoteGroupId = remote,
        }.WithMeaning();

    private static SecurityGroupRuleRow Prefixed(string prefix) =>
        (Rule("ingress", "IPv4") with { RemoteIpPrefix = prefix, NormalizedCidr = prefix }).WithMeaning();

    private static HostFacts Facts(params SecurityGroupRuleRow[] rules) => Facts(Net, rules);

    private static HostFacts Facts(NetworkRow network, params SecurityGroupRuleRow[] rules)
    {
        AllocationRow[] addresses =
        [
            new()
            {
                PortId = Port.Id,
                SubnetId = Subnet.Id,
                Ip = "10.0.0.7",
            },
            new()
            {
                PortId = Dhcp,
                SubnetId = Subnet.Id,
                Ip = "10.0.0.2",
            },
        ];
        return new(
            new Dictionary<NetworkId, NetworkRow> { [network.Id] = network },
            new[] { Subnet }.ToLookup(s => s.NetworkId),
            addresses.ToLookup(a => a.PortId),
            new[] { Web }.ToLookup(_ => Port.Id),
            rules.ToLookup(r => r.SecurityGroupId),
            new Dictionary<SecurityGroupId, IReadOnlyList<string>>
            {
                [Db] = ["10.0.0.4/31", "10.0.0.9/32", "fd00::4/127"],
                [Old] = ["10.0.0.4/31"],
            },
            new PlaceRow[]
            {
                new()
                {
                    NetworkId = network.Id,
                    HostId = Here,
                    Underlay = "192.0.2.1",
                },
                new() { NetworkId = network.Id, Underlay = "192.0.2.2" },
            }.ToLookup(p => p.NetworkId)
        );
    }

    private static string Text(PortRule? rule) =>
        rule is null
            ? "none"
            : $"{rule.Direction} {rule.EtherType} {rule.Protocol} {rule.PortMin} {rule.PortMax} "
                + (rule.Remote is null ? "any" : string.Join(' ', rule.Remote));
}
