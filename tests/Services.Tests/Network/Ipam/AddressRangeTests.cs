using System.Numerics;
using Pipeline.Network.Ipam;

namespace Pipeline.Services.Tests.Network.Ipam;

public sealed class AddressRangeTests
{
    [Theory]
    [InlineData(10, "11-20")]
    [InlineData(20, "10-19")]
    [InlineData(15, "10-14 16-20")]
    public void Taking_an_address_out_leaves_the_rest(long taken, string left) =>
        Assert.Equal(left, Text(Range(10, 20).Without(Address(taken))));

    [Fact]
    public void Taking_the_last_address_leaves_nothing() => Assert.Empty(Range(10, 10).Without(Address(10)));

    [Fact]
    public void A_family_ends_with_its_last_address()
    {
        foreach (var version in new[] { 4, 6 })
        {
            var (first, last) = (new IpAddress(version, 0), new IpAddress(version, IpAddress.Largest(version)));
            var all = AddressRange.Of(first, last);
            Assert.Equal([all with { LastAddress = last.Previous }], AddressRange.Free([all], [last]));
            Assert.Equal([all with { FirstAddress = first.Next }], all.Without(first));
            Assert.Equal(BigInteger.One << last.Bits, all.Size);
        }
    }

    [Theory]
    [InlineData("", "10-20 30-40")]
    [InlineData("10", "11-20 30-40")]
    [InlineData("20,30", "10-19 31-40")]
    [InlineData("12,13,35", "10-11 14-20 30-34 36-40")]
    [InlineData("5,25,50", "10-20 30-40")]
    public void What_is_taken_is_not_free(string taken, string free)
    {
        IpAddress[] addresses =
        [
            .. taken.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse).Select(Address),
        ];
        AddressRange[] pools = [Range(10, 20), Range(30, 40)];
        Assert.Equal(free, Text(AddressRange.Free(pools, addresses)));
    }

    private static IpAddress Address(long number) => new(6, (UInt128)number);

    private static AddressRange Range(long first, long last) => AddressRange.Of(Address(first), Address(last));

    private static string Text(IEnumerable<AddressRange> ranges) =>
        string.Join(' ', ranges.Select(r => $"{r.FirstAddress.Number}-{r.LastAddress.Number}"));
}
