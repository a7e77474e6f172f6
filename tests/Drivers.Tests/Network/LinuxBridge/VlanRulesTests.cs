using Pipeline.Contracts;
using Pipeline.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>What of VLANs is decided before the kernel is asked.</summary>
public sealed class VlanRulesTests
{
    [Fact]
    public void Hosts_that_share_a_bridge_have_a_port_each_at_it()
    {
        var id = VlanWire.Network("c1", 101).Id;
        string[] names = [Names.Physical(id, null), Names.Physical(id, "b1"), Names.Physical(id, "b2")];
        Assert.Equal(3, names.Distinct().Count());
        Assert.All(names, name => Assert.InRange(name.Length, 1, 15)); // the most that a device's name may have
    }

    [Theory]
    [InlineData(0, "lab", "0 is not the number of a VLAN")]
    [InlineData(4095, "lab", "4095 is not the number of a VLAN")]
    [InlineData(101, null, "have a physical network")]
    public void A_tag_that_cannot_be_is_refused(int tag, string? physical, string why)
    {
        var network = VlanWire.Network("c1", tag) with { PhysicalNetwork = physical };
        Assert.Contains(why, Assert.Throws<Fault>(() => NetworkRules.Check(network, "c1")).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4094)]
    public void The_first_and_the_last_tag_are_tags(int tag) => NetworkRules.Check(VlanWire.Network("c1", tag), "c1");
}
