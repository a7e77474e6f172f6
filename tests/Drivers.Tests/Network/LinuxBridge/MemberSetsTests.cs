using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

public sealed class MemberSetsTests
{
    private static readonly LinuxBridgeOptions Options = new("cloud", "unused");

    private static readonly HostNetwork Network = Specs.Network("cloud");
    private static readonly Guid Group = new("cccccccc-0000-0000-0000-000000000001");

    [Fact]
    public void A_group_is_one_set_for_all_ports_and_rules_that_name_it()
    {
        var sets = new MemberSets([
            Port(1, told: 1, From(Specs.Tcp, "10.0.0.7", "10.0.0.8"), From(Specs.Udp, "10.0.0.7", "10.0.0.8")),
            Port(2, told: 2, From(Specs.Tcp, "10.0.0.7", "10.0.0.8")),
        ]);
        var set = Assert.Single(sets.All);
        Assert.Equal("members4-cccccccc000000000000000000000001", set.Name);
        Assert.Equal("type ipv4_addr;", set.Type);
        Assert.Equal(["10.0.0.7", "10.0.0.8"], set.Elements.Select(element => element.Key));
        Assert.Equal($"@{set.Name}", sets.NameOf(From(Specs.Tcp)));
    }

    [Fact]
    public void What_was_told_last_counts_for_all_as_long_as_that_port_is_there()
    {
        var (early, late) = (
            Port(1, told: 1, From(Specs.Tcp, "10.0.0.7")),
            Port(2, told: 2, From(Specs.Tcp, "10.0.0.8"))
        );
        Assert.Equal("10.0.0.8", Assert.Single(Assert.Single(new MemberSets([early, late]).All).Elements).Key);
        Assert.Equal("10.0.0.8", Assert.Single(Assert.Single(new MemberSets([late, early]).All).Elements).Key);
        Assert.Equal("10.0.0.7", Assert.Single(Assert.Single(new MemberSets([early]).All).Elements).Key);
    }

    [Fact]
    public void Prefixes_make_a_set_of_intervals_and_each_version_has_its_own()
    {
        var sets = new MemberSets([
            Port(
                1,
                told: 1,
                From(Specs.Tcp, "10.0.0.4/31", "10.0.0.5", "fd00::1"),
                From(Specs.Tcp, "10.0.0.7", "fd00::1") with
                {
                    EtherType = 6,
                }
            ),
        ]);
        Assert.Equal(["members6-", "prefixes4-"], sets.All.Select(set => set.Name[..^32]));
        Assert.Equal("type ipv6_addr;", sets.All[0].Type);
        Assert.Equal("type ipv4_addr; flags interval;", sets.All[1].Type);
        Assert.Equal("10.0.0.4/31", Assert.Single(sets.All[1].Elements).Key);
    }

    [Fact]
    public void A_group_without_members_is_no_set_and_its_rule_allows_nobody()
    {
        var port = Port(1, told: 1, From(Specs.Tcp, "fd00::1"));
        Assert.Empty(new MemberSets([port]).All);
        var chains = SecurityRules.Of(port, Network, new MemberSets([port])).ToList();
        Assert.Equal(["drop"], chains[0].Rules);
    }

    [Fact]
    public void Rules_name_the_set()
    {
        var port = Port(1, told: 1, From(Specs.Tcp, "10.0.0.7"));
        string First(FilteredPort of) => SecurityRules.Of(of, Network, new MemberSets([of])).First().Rules[0];
        Assert.Equal(
            $"meta nfproto ipv4 ct original ip saddr @members4-{Group:N} ct original protocol 6 accept",
            First(port)
        );
        Assert.Equal(
            $"meta nfproto ipv4 ip saddr @members4-{Group:N} meta l4proto 6 accept",
            First(port with { Port = port.Port with { Stateless = true } })
        );
    }

    [Fact]
    public void A_members_change_is_the_change_of_one_element()
    {
        var members = Enumerable.Range(0, 1000).Select(i => $"10.1.{i / 250}.{i % 250}").ToArray();
        var before = Ports(1, members);
        var after = Ports(21, [.. members.Skip(1), "10.2.0.1"]);
        Assert.Equal(
            $"""
            delete element inet pipeline members4-{Group:N} {"{ 10.1.0.0 }"}
            add element inet pipeline members4-{Group:N} {"{ 10.2.0.1 }"}

            """,
            FilterText.Change(
                Ruleset.Of(Network, before, Options),
                Ruleset.Of(Network, [.. before.SkipLast(1), after[^1]], Options)
            )
        );
        Assert.Equal(
            "",
            FilterText.Change(
                Ruleset.Of(Network, [.. before.SkipLast(1), after[^1]], Options),
                Ruleset.Of(Network, after, Options)
            )
        );
    }

    [Fact]
    public void A_ports_rules_change_its_own_chain_alone()
    {
        var before = Ports(1, ["10.0.0.7"]);
        var opened = before[0] with { Port = before[0].Port.With(Specs.In(Specs.Tcp, 443, 443)) };
        Assert.Equal(
            $$"""
            flush chain inet pipeline in-{{opened.Key}}
            table inet pipeline {
              chain in-{{opened.Key}} {
                meta nfproto ipv4 ct original ip saddr @members4-{{Group:N}} ct original protocol 6 accept
                meta nfproto ipv4 ct original protocol 6 ct original proto-dst 443 accept
                drop
              }
            }

            """,
            FilterText.Change(
                Ruleset.Of(Network, before, Options),
                Ruleset.Of(Network, [opened, .. before.Skip(1)], Options)
            )
        );
    }

    private static FilteredPort[] Ports(long told, string[] members) =>
        [.. Enumerable.Range(1, 20).Select(i => Port(i, told + i, From(Specs.Tcp, members)))];

    private static FilteredPort Port(int number, long told, params PortRule[] rules) =>
        new(Specs.Port(Network, number) with { Id = new(new Guid(number, 0, 0, new byte[8])), Rules = rules }, number)
        {
            Told = told,
        };

    private static PortRule From(int protocol, params string[] members) =>
        Specs.In(protocol) with
        {
            Remote = members,
            RemoteGroup = Group,
        };
}
