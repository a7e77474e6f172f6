using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

public sealed class SecurityRulesTests
{
    private static readonly HostNetwork Network = Specs.Network("cloud");

    [Theory]
    [InlineData(null, null, null, "meta nfproto ipv4 accept")]
    [InlineData(6, null, null, "meta nfproto ipv4 ct original protocol 6 accept")]
    [InlineData(6, 80, 80, "meta nfproto ipv4 ct original protocol 6 ct original proto-dst 80 accept")]
    [InlineData(17, 53, 67, "meta nfproto ipv4 ct original protocol 17 ct original proto-dst 53-67 accept")]
    [InlineData(132, 1, 65535, "meta nfproto ipv4 ct original protocol 132 ct original proto-dst 1-65535 accept")]
    [InlineData(47, null, null, "meta nfproto ipv4 ct original protocol 47 accept")]
    [InlineData(1, 8, 0, "meta nfproto ipv4 ct original protocol 1 ct original proto-dst 2048 accept")]
    [InlineData(1, 8, null, "meta nfproto ipv4 ct original protocol 1 ct original proto-dst 2048-2303 accept")]
    [InlineData(1, 0, null, "meta nfproto ipv4 ct original protocol 1 ct original proto-dst 0-255 accept")]
    public void A_rule_reads(int? protocol, int? min, int? max, string text) =>
        Assert.Equal(text, Assert.Single(Lower(Specs.In(protocol, min, max))));

    [Theory]
    [InlineData(null, null, null, "meta nfproto ipv4 accept")]
    [InlineData(6, null, null, "meta nfproto ipv4 meta l4proto 6 accept")]
    [InlineData(17, 53, 67, "meta nfproto ipv4 meta l4proto 17 th dport 53-67 accept")]
    [InlineData(132, 80, 80, "meta nfproto ipv4 meta l4proto 132 th dport 80 accept")]
    [InlineData(1, 8, 0, "meta nfproto ipv4 meta l4proto 1 icmp type 8 icmp code 0 accept")]
    [InlineData(1, 8, null, "meta nfproto ipv4 meta l4proto 1 icmp type 8 accept")]
    public void A_stateless_ports_rule_reads(int? protocol, int? min, int? max, string text) =>
        Assert.Equal(text, Assert.Single(Lower(Specs.In(protocol, min, max), stateless: true)));

    [Fact]
    public void A_stateless_ports_chains_ask_nothing_of_connections()
    {
        var port = Specs.Port(Network, 11) with { Stateless = true, Rules = [Specs.In(6, 22, 22, "10.1.0.0/16")] };
        var rules = Of(port).SelectMany(chain => chain.Rules).ToList();
        Assert.DoesNotContain(rules, rule => $" {rule}".Contains(" ct ", StringComparison.Ordinal));
        Assert.Contains("meta nfproto ipv4 ip saddr { 10.1.0.0/16 } meta l4proto 6 th dport 22 accept", rules);
    }

    [Fact]
    public void ICMP_in_an_IPv6_rule_is_that_of_IPv6() =>
        Assert.Equal(
            "meta nfproto ipv6 ct original protocol 58 ct original proto-dst 32768-33023 accept",
            Assert.Single(Lower(Specs.Allow(RuleDirection.Ingress, Specs.Icmp, 128, etherType: 6)))
        );

    [Fact]
    public void The_other_side_is_the_source_of_what_comes_in_and_the_destination_of_what_goes_out()
    {
        Assert.Contains("ct original ip saddr { 10.1.0.0/16 }", Assert.Single(Lower(Specs.In(remote: "10.1.0.0/16"))));
        Assert.Contains(
            "ct original ip daddr { 10.1.0.0/16 }",
            Assert.Single(Lower(Specs.Out(remote: "10.1.0.0/16"), "out"))
        );
    }

    [Fact]
    public void Remote_prefixes_of_the_other_family_allow_nothing()
    {
        Assert.Empty(Lower(Specs.In() with { Remote = ["2001:db8::/32"] }));
        Assert.Empty(Lower(Specs.In() with { Remote = [] }));
    }

    [Fact]
    public void Equal_rules_are_written_once() => Assert.Single(Lower(Specs.In(6, 22, 22), also: Specs.In(6, 22, 22)));

    [Theory]
    [InlineData(6, 23, 22)]
    [InlineData(6, 0, 65536)]
    [InlineData(6, -1, 22)]
    [InlineData(1, 256, null)]
    [InlineData(1, 8, 256)]
    [InlineData(1, null, 0)]
    [InlineData(null, 22, 22)]
    [InlineData(256, null, null)]
    public void A_rule_that_cannot_be_is_refused(int? protocol, int? min, int? max) =>
        Assert.Equal(FaultCode.BadRequest, Assert.Throws<Fault>(() => Lower(Specs.In(protocol, min, max))).Code);

    private static IEnumerable<FilterChain> Of(HostPort port) =>
        SecurityRules.Of(new FilteredPort(port, 1), Network, new MemberSets([new FilteredPort(port, 1)]));

    private static List<string> Lower(PortRule rule, string chain = "in", PortRule? also = null, bool stateless = false)
    {
        var port = Specs.Port(Network, 11) with { Rules = also is null ? [rule] : [rule, also], Stateless = stateless };
        var rules = Of(port).Single(found => found.Name.StartsWith($"{chain}-", StringComparison.Ordinal)).Rules;
        Assert.Equal("drop", rules[^1]);
        return [.. rules.SkipLast(1)];
    }
}
