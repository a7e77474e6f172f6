using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

public sealed class NamesTests
{
    private static readonly PortId Port = new(new Guid("11111111-2222-3333-4444-555555555555"));
    private static readonly NetworkId Network = new(new Guid("66666666-7777-8888-9999-aaaaaaaaaaaa"));

    [Fact]
    public void Device_names_fit_the_kernel() =>
        Assert.All(
            [Names.Bridge(Network), Names.Guest(Port), Names.Leg(Port), Names.Port(Port)],
            name => Assert.True(name.Length <= 15, name)
        );

    [Fact]
    public void A_ports_alias_is_read_back_by_its_own_cloud_only()
    {
        var alias = Names.PortAlias("ours", Network, Port);
        Assert.True(Names.TryReadPort("ours", alias, out var network, out var port));
        Assert.Equal((Network, Port), (network, port));
        Assert.False(Names.TryReadPort("theirs", alias, out _, out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("uplink to the world")]
    [InlineData("pipeline:ours:port:x:y")]
    public void What_is_not_ours_is_not_read(string? alias) =>
        Assert.False(Names.TryReadPort("ours", alias, out _, out _));

    [Fact]
    public void A_bridges_Ethernet_address_is_its_own_and_local() =>
        Assert.Equal("02:aa:aa:aa:aa:aa", Names.BridgeMac(Network));
}
