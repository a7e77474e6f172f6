using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

public sealed class PrefixesTests
{
    [Fact]
    public void What_lies_within_another_prefix_is_left_out() =>
        Assert.Equal(
            ["10.0.0.0/8", "192.0.2.0/25", "192.0.2.200"],
            Prefixes.Merge(
                ["192.0.2.200/32", "10.1.2.3", "10.0.0.0/8", "192.0.2.0/25", "10.0.0.0/8", "192.0.2.7/30"],
                4
            )
        );

    [Fact]
    public void Each_family_is_for_itself() =>
        Assert.Equal(
            ["2001:db8::/32", "fe80::1"],
            Prefixes.Merge(["0.0.0.0/0", "2001:DB8:0::/32", "fe80::1", "2001:db8::5"], 6)
        );

    [Fact]
    public void Host_bits_do_not_matter() => Assert.Equal(["10.0.0.0/24"], Prefixes.Merge(["10.0.0.77/24"], 4));

    [Fact]
    public void Everything_takes_all_in() => Assert.Equal(["0.0.0.0/0"], Prefixes.Merge(["10.0.0.1", "0.0.0.0/0"], 4));

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/8 }")]
    [InlineData("fe80::1%eth0")]
    [InlineData("host.example")]
    public void What_is_no_prefix_is_refused(string text) =>
        Assert.Equal(FaultCode.BadRequest, Assert.Throws<Fault>(() => Prefixes.Merge([text], 4)).Code);
}
