using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>VLANs as far as they can be shown where the kernel has none: what is said to it, and what is refused before.</summary>
public sealed class VlanTests
{
    private const string Cloud = "c1";
    private static readonly NetworkId Id = new(new Guid("99999999-0000-0000-0000-000000000001"));

    private static HostNetwork Tagged(int tag, string? physical = "lab") =>
        new(Id, Cloud, "vlan", tag, 1500, []) { PhysicalNetwork = physical };

    [Fact]
    public void A_device_for_the_tag_is_made_in_the_networks_namespace()
    {
        var options = new LinuxBridgeOptions(Cloud, "/srv")
        {
            PhysicalNetworks = new Dictionary<string, string> { ["lab"] = "br-lab" },
        };
        Assert.Equal(
            $"link add link br-lab name {Names.Uplink(Id)} netns space type vlan id 101",
            Uplink.Tagged(Tagged(101), options, "space")
        );
    }

    [Fact]
    public void What_comes_by_it_and_leaves_by_it_is_judged_as_that_of_other_hosts() =>
        Assert.True(UplinkRules.Has(Tagged(101)));

    [Theory]
    [InlineData(0, "lab", "0 is not the number of a VLAN")]
    [InlineData(4095, "lab", "4095 is not the number of a VLAN")]
    [InlineData(101, null, "have a physical network")]
    public void A_tag_that_cannot_be_is_refused(int tag, string? physical, string why) =>
        Assert.Contains(why, Assert.Throws<Fault>(() => NetworkRules.Check(Tagged(tag, physical), Cloud)).Message);

    [Theory]
    [InlineData(1)]
    [InlineData(4094)]
    public void The_first_and_the_last_tag_are_tags(int tag) => NetworkRules.Check(Tagged(tag), Cloud);
}
