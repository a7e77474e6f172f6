using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

public sealed class RulesetTests
{
    private static readonly LinuxBridgeOptions Options = new("cloud", "unused");

    private static readonly HostNetwork Network = Specs.Network("cloud") with
    {
        Id = new(new Guid("01234567-89ab-cdef-0000-000000000000")),
    };

    private static readonly HostPort Port = Specs.Port(Network, 11) with
    {
        Id = new(new Guid("aaaaaaaa-aaab-0000-0000-000000000000")),
        Rules = [Specs.Out(), Specs.In(Specs.Tcp, 22, 22)],
    };

    [Fact]
    public void A_port_sends_from_the_pairs_that_it_may_and_from_no_others()
    {
        var port = Port with
        {
            AllowedPairs =
            [
                new(Port.Mac, "10.0.0.100"),
                new(Port.Mac, "10.0.0.11/32"),
                new("00:00:5e:00:01:01", "10.0.0.0/28"),
            ],
        };
        Assert.Equal(
            [
                "ether saddr != { fa:16:3e:00:00:0b, 00:00:5e:00:01:01 } drop",
                "ether saddr fa:16:3e:00:00:0b ether type arp arp saddr ether != fa:16:3e:00:00:0b drop",
                "ether saddr fa:16:3e:00:00:0b ether type arp arp saddr ip != { 0.0.0.0, 10.0.0.100, 10.0.0.11 } drop",
                "ether saddr 00:00:5e:00:01:01 ether type arp arp saddr ether != 00:00:5e:00:01:01 drop",
                "ether saddr 00:00:5e:00:01:01 ether type arp arp saddr ip != { 0.0.0.0, 10.0.0.0/28 } drop",
                "ether saddr fa:16:3e:00:00:0b ether type ip ip saddr != { 10.0.0.100, 10.0.0.11 } drop",
                "ether saddr 00:00:5e:00:01:01 ether type ip ip saddr != { 10.0.0.0/28 } drop",
                "ether saddr fa:16:3e:00:00:0b ether type ip6 ip6 saddr != { fe80::f816:3eff:fe00:b } drop",
                "ether saddr 00:00:5e:00:01:01 ether type ip6 drop",
            ],
            SpoofingRules.Of(new(port, 3)).Where(r => r.StartsWith("ether saddr", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Pairs_of_IPv6_are_sent_from_and_asked_for_by_their_own_Ethernet_address()
    {
        const string shared = "00:00:5e:00:01:01";
        var port = new FilteredPort(
            Port with
            {
                AllowedPairs = [new(Port.Mac, "2001:db8::/126"), new(shared, "2001:db8:1::1")],
            },
            3
        );
        Assert.Equal(
            [
                "ether saddr fa:16:3e:00:00:0b ether type ip6 ip6 saddr != { 2001:db8::/126, fe80::f816:3eff:fe00:b } drop",
                $"ether saddr {shared} ether type ip6 ip6 saddr != {{ 2001:db8:1::1, fe80::200:5eff:fe00:101 }} drop",
            ],
            SpoofingRules.Of(port).Where(rule => rule.Contains("ip6 saddr !="))
        );
        Assert.Contains(
            "@th,64,128 != { 0x20010db8000000000000000000000000-0x20010db8000000000000000000000003, "
                + "0x20010db8000100000000000000000001, 0xfe8000000000000002005efffe000101, 0xfe80000000000000f8163efffe00000b } drop",
            SpoofingRules.Claims(port).ElementAt(1)
        );
    }

    [Fact]
    public void A_ports_filter_is_this()
    {
        var text = Text(Network, [new FilteredPort(Port, 3)]);
        Assert.Equal(
            """
            table bridge pipeline {
              chain enter-aaaaaaaaaaa {
                ether saddr != fa:16:3e:00:00:0b drop
                ether type != { ip, arp, ip6 } drop
                meta mark set 3
                ether type arp arp saddr ether != fa:16:3e:00:00:0b drop
                ether type arp arp saddr ip != { 0.0.0.0, 10.0.0.11 } drop
                ether type ip ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept
                ether type ip ip saddr != { 10.0.0.11 } drop
                ether type ip udp sport 67 udp dport 68 drop
                ether type ip6 ip6 saddr :: icmpv6 type { 131, 133, 135, 143 } accept
                ether type ip6 ip6 saddr != { fe80::f816:3eff:fe00:b } drop
                accept
              }
              chain prerouting {
                iifname vmap @enter
              }
              chain forward {
                oifname != @members drop
                meta mark set 0
                meta mark set oifname map @numbers
                meta mark != 0 ether type { 0x8100, 0x88a8 } drop
                accept
              }
              chain input {
                ether type != { ip, arp, ip6 } drop
                ether type ip ip daddr 169.254.169.254 meta l4proto { tcp, udp } th dport 80 iifname . ip saddr != @guests drop
              }
              chain output {
                ether type ip ip saddr 169.254.169.254 meta l4proto { tcp, udp } th sport 80 oifname . ip daddr != @guests drop
              }
            }
            add element bridge pipeline enter { "plvaaaaaaaaaaa" : goto enter-aaaaaaaaaaa }
            add element bridge pipeline numbers { "plvaaaaaaaaaaa" : 3 }
            add element bridge pipeline members { "plvaaaaaaaaaaa" }
            add element bridge pipeline guests { "plvaaaaaaaaaaa" . 10.0.0.11 }
            table inet pipeline {
              chain in-aaaaaaaaaaa {
                meta nfproto ipv4 ct original protocol 6 ct original proto-dst 22 accept
                drop
              }
              chain out-aaaaaaaaaaa {
                meta nfproto ipv4 accept
                drop
              }
              chain from-aaaaaaaaaaa {
                ip6 saddr :: icmpv6 type nd-neighbor-solicit @th,64,128 != { 0xfe80000000000000f8163efffe00000b } drop
                icmpv6 type nd-neighbor-advert @th,64,128 != { 0xfe80000000000000f8163efffe00000b } drop
                icmpv6 type { nd-router-advert, nd-redirect } drop
                meta nfproto ipv6 udp sport 547 drop
                meta nfproto ipv6 udp dport 546 drop
                udp sport 68 udp dport 67 ip daddr { 255.255.255.255, 10.0.0.2 } accept
                udp sport 546 udp dport 547 ip6 daddr { ff02::1:2 } accept
                ip daddr 169.254.169.254 tcp dport 80 accept
                icmpv6 type { 131, 132, 133, 135, 136, 143 } accept
                ct direction original goto out-aaaaaaaaaaa
                ct direction reply goto in-aaaaaaaaaaa
                drop
              }
              chain to-aaaaaaaaaaa {
                icmpv6 type { 130, 134, 135, 136 } accept
                ct direction original goto in-aaaaaaaaaaa
                ct direction reply goto out-aaaaaaaaaaa
                drop
              }
              chain raw-prerouting {
              }
              chain raw-output {
              }
              chain prerouting {
                meta mark 0 accept
                meta mark vmap @leaving
                drop
              }
              chain forward {
                meta mark 0 accept
                meta mark vmap @arriving
                drop
              }
              chain output {
                oifname != "plb0123456789a" accept
                udp sport 67 udp dport 68 accept
                udp sport 547 udp dport 546 accept
                ip saddr 169.254.169.254 tcp sport 80 accept
                ip daddr vmap @served
                ip6 daddr vmap @served6
              }
            }
            add element inet pipeline leaving { 3 : goto from-aaaaaaaaaaa }
            add element inet pipeline arriving { 3 : goto to-aaaaaaaaaaa }
            add element inet pipeline served { 10.0.0.11 : goto to-aaaaaaaaaaa }
            add element inet pipeline served6 { fe80::f816:3eff:fe00:b : goto to-aaaaaaaaaaa }

            """,
            text[Text(Network, []).IndexOf("table bridge pipeline {", 10, StringComparison.Ordinal)..]
        );
    }

    [Fact]
    public void Without_ports_everything_is_emptied_first_and_nothing_may_pass()
    {
        var text = Text(Network, []);
        Assert.Contains("chain prerouting { type filter hook prerouting priority -300; policy drop; }", text);
        Assert.Contains("chain forward { type filter hook forward priority -10; policy drop; }", text);
        Assert.Contains(
            "flush table bridge pipeline\nflush table inet pipeline\nflush map bridge pipeline enter\n",
            text
        );
        Assert.DoesNotContain("add element", text);
    }

    [Fact]
    public void A_port_with_security_off_has_no_number_and_no_chain()
    {
        var text = Text(Network, [new FilteredPort(Port with { Secured = false }, 3)]);
        Assert.Contains("add element bridge pipeline enter { \"plvaaaaaaaaaaa\" : accept }", text);
        Assert.Contains("add element bridge pipeline members { \"plvaaaaaaaaaaa\" }", text);
        Assert.Contains("add element bridge pipeline guests { \"plvaaaaaaaaaaa\" . 10.0.0.11 }", text);
        Assert.DoesNotContain("numbers {", text.Split("flush set bridge pipeline members")[1]);
        Assert.DoesNotContain("aaaaaaaaaaa {", text);
    }

    [Fact]
    public void A_port_that_is_down_is_in_no_map() =>
        Assert.Equal(Text(Network, []), Text(Network, [new FilteredPort(Port with { AdminUp = false }, 3)]));

    [Fact]
    public void What_is_left_of_ports_and_groups_that_went_is_deleted()
    {
        Standing[] standing =
        [
            new("inet", "chain", "in-aaaaaaaaaaa"),
            new("inet", "chain", "in-bbbbbbbbbbb"),
            new("inet", "chain", "forward"),
            new("inet", "map", "served"),
            new("inet", "set", "members4-0"),
        ];
        var text = FilterText.Whole(Ruleset.Of(Network, [new FilteredPort(Port, 3)], Options), standing);
        Assert.Contains("delete set inet pipeline members4-0\ndelete chain inet pipeline in-bbbbbbbbbbb\n", text);
        Assert.Single(text.Split('\n'), line => line.StartsWith("delete chain", StringComparison.Ordinal));
        Assert.DoesNotContain("delete map", text);
    }

    [Fact]
    public void A_port_without_an_address_sends_no_IPv4_but_for_its_lease()
    {
        var text = Text(Network, [new FilteredPort(Port with { Addresses = [] }, 3)]);
        Assert.Contains("udp sport 68 udp dport 67 accept\n    ether type ip drop\n", text);
        Assert.Contains("arp saddr ip != { 0.0.0.0 } drop", text);
    }

    [Fact]
    public void One_address_of_two_ports_does_not_break_the_filter_of_all()
    {
        var other = Port with { Id = new(new Guid("bbbbbbbb-bbbb-0000-0000-000000000000")) };
        var text = Text(Network, [new FilteredPort(Port, 3), new FilteredPort(other, 4)]);
        Assert.Contains("add element inet pipeline served { 10.0.0.11 : goto to-aaaaaaaaaaa }", text);
    }

    private static string Text(HostNetwork network, IReadOnlyList<FilteredPort> ports) =>
        FilterText.Whole(Ruleset.Of(network, ports, Options), []);
}
