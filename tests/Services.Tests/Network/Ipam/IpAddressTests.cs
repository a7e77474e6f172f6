using Pipeline.Data;
using Pipeline.Network.Ipam;

namespace Pipeline.Services.Tests.Network.Ipam;

public sealed class IpAddressTests
{
    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", "40a000001")]
    [InlineData("255.255.255.255", "255.255.255.255", "4ffffffff")]
    [InlineData("FD00:0:0:0:0:0:0:1", "fd00::1", "6fd000000000000000000000000000001")]
    [InlineData("fd00:0::1:0:0:1", "fd00::1:0:0:1", "6fd000000000000000001000000000001")]
    [InlineData("::", "::", "600000000000000000000000000000000")]
    public void An_address_is_stored_and_shown_in_one_spelling(string text, string shown, string stored)
    {
        Assert.True(IpAddress.TryParse(text, out var address));
        Assert.Equal((shown, stored), (address.ToString(), address.Stored));
        Assert.Equal(address, IpAddress.OfStored(stored));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0")]
    [InlineData("10.0.0.01")]
    [InlineData("10.0.0.1/32")]
    [InlineData("[fd00::1]")]
    [InlineData("[fd00::1]:80")]
    [InlineData("fd00::1%eth0")]
    [InlineData("fd00::1/64")]
    [InlineData("fd00::10000")]
    [InlineData(" fd00::1")]
    public void What_is_no_address_is_refused(string text) => Assert.False(IpAddress.TryParse(text, out _));

    [Fact]
    public void Stored_addresses_sort_as_their_numbers_do()
    {
        var randomness = Randomness.Seeded(5);
        var addresses = Enumerable.Range(0, 500).Select(_ => Drawn(randomness)).ToList();
        Assert.Equal(addresses.Order(), addresses.OrderBy(a => a.Stored, StringComparer.Ordinal));
    }

    private static IpAddress Drawn(Randomness randomness)
    {
        var version = randomness.Next(2) == 0 ? 4 : 6;
        var number = randomness.Bytes(16).Aggregate(UInt128.Zero, (sum, part) => sum << 8 | part);
        return new(version, number & IpAddress.Largest(version));
    }
}
