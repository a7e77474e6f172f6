using Pipeline.Network.Ipam;

namespace Pipeline.Services.Tests.Network.Ipam;

public sealed class CidrTests
{
    [Theory]
    [InlineData("10.0.0.0/24", "10.0.0.0/24", "10.0.0.1", "10.0.0.254")]
    [InlineData("10.0.0.77/24", "10.0.0.0/24", "10.0.0.1", "10.0.0.254")]
    [InlineData("10.0.0.4/30", "10.0.0.4/30", "10.0.0.5", "10.0.0.6")]
    [InlineData("10.0.0.4/31", "10.0.0.4/31", "10.0.0.4", "10.0.0.5")]
    [InlineData("10.0.0.4", "10.0.0.4/32", "10.0.0.4", "10.0.0.4")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0", "0.0.0.1", "255.255.255.254")]
    [InlineData("FD00:0:0:0::77/64", "fd00::/64", "fd00::1", "fd00::ffff:ffff:ffff:ffff")]
    [InlineData("fd00::8/126", "fd00::8/126", "fd00::9", "fd00::b")]
    [InlineData("fd00::8/127", "fd00::8/127", "fd00::8", "fd00::9")]
    [InlineData("fd00::8", "fd00::8/128", "fd00::8", "fd00::8")]
    [InlineData("::/0", "::/0", "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void A_prefix_knows_its_hosts(string text, string normal, string first, string last)
    {
        Assert.True(Cidr.TryParse(text, out var cidr));
        Assert.Equal(normal, cidr.ToString());
        Assert.Equal((first, last), (cidr.FirstHost.ToString(), cidr.LastHost.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0")]
    [InlineData("10.0.0.256/24")]
    [InlineData("010.0.0.1/24")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/ 24")]
    [InlineData("1.2.3.4.5/8")]
    [InlineData("fd00::/129")]
    [InlineData("fd00::/")]
    [InlineData("[fd00::]/64")]
    [InlineData("fd00::%1/64")]
    [InlineData("fd00::1::/64")]
    public void What_is_no_prefix_is_refused(string text) => Assert.False(Cidr.TryParse(text, out _));
}
