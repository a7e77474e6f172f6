using Pipeline.Network.Ipam;

namespace Pipeline.Services.Tests.Network.Ipam;

public sealed class AddressRangeTests
{
    [Theory]
    [InlineData(10, "11-20")]
    [InlineData(20, "10-19")]
    [InlineData(15, "10-14 16-20")]
    public void Taking_an_address_out_leaves_the_rest(long taken, string left) =>
        Assert.Equal(left, Text(AddressRange.Of(10, 20).Without(taken)));

    [Fact]
    public void Taking_the_last_address_leaves_nothing() => Assert.Empty(AddressRange.Of(10, 10).Without(10));

    [Theory]
    [InlineData("", "10-20 30-40")]
    [InlineData("10", "11-20 30-40")]
    [InlineData("20,30", "10-19 31-40")]
    [InlineData("12,13,35", "10-11 14-20 30-34 36-40")]
    [InlineData("5,25,50", "10-20 30-40")]
    public void What_is_taken_is_not_free(string taken, string free)
    {
        long[] addresses = [.. taken.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];
        AddressRange[] pools = [AddressRange.Of(10, 20), AddressRange.Of(30, 40)];
        Assert.Equal(free, Text(AddressRange.Free(pools, addresses)));
    }

    private static string Text(IEnumerable<AddressRange> ranges) =>
        string.Join(' ', ranges.Select(r => $"{r.FirstAddress}-{r.LastAddress}"));
}
