using Pipeline.Contracts;
using Pipeline.Network.Ipam;
using Pipeline.Network.PrefixPools;

namespace Pipeline.Services.Tests.Network.PrefixPools;

public sealed class PoolSpaceTests
{
    [Theory]
    [InlineData("10.0.0.0/24 10.0.1.0/24", "10.0.0.0/23")]
    [InlineData("10.0.1.0/24 10.0.0.0/24 10.0.1.128/25 10.0.3.0/24", "10.0.0.0/23 10.0.3.0/24")]
    [InlineData("0.0.0.0/1 128.0.0.0/1", "0.0.0.0/0")]
    [InlineData("10.0.1.0/24 10.0.2.0/24", "10.0.1.0/24 10.0.2.0/24")]
    public void Prefixes_are_told_in_as_few_as_can_be(string prefixes, string few) =>
        Assert.Equal(few, string.Join(' ', PrefixSet.Compact(Parse(prefixes))));

    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8", "")]
    [InlineData("10.0.0.0/24", "10.0.0.64/26", "10.0.0.0/26 10.0.0.128/25")]
    [InlineData("10.0.0.0/24", "10.1.0.0/24", "10.0.0.0/24")]
    [InlineData("255.255.255.0/24", "255.255.255.0/25", "255.255.255.128/25")]
    public void What_is_taken_is_cut_out(string prefixes, string taken, string left) =>
        Assert.Equal(left, string.Join(' ', PrefixSet.Without(Parse(prefixes), Parse(taken))));

    [Theory]
    [InlineData("10.0.0.0/16", "", 24, "10.0.0.0/24")]
    [InlineData("10.0.0.0/16", "10.0.0.0/24 10.0.2.0/24", 24, "10.0.1.0/24")] // the smallest hole that fits
    [InlineData("10.0.0.0/16", "10.0.0.0/24", 20, "10.0.16.0/20")]
    [InlineData("10.0.0.0/24 10.9.0.0/25", "", 25, "10.9.0.0/25")]
    public void The_smallest_free_block_that_holds_it_is_taken(string prefixes, string taken, int length, string cut) =>
        Assert.Equal(cut, Take(Pool(prefixes), taken, new("p", null, length)));

    [Theory]
    [InlineData(null, 27, "MinPrefixSubnetAllocationError")]
    [InlineData(null, 31, "MaxPrefixSubnetAllocationError")]
    [InlineData("10.0.0.0/28", null, "SubnetAllocationError")]
    [InlineData("10.5.0.0/28", null, "SubnetAllocationError")]
    [InlineData("10.0.0.128/28", null, "SubnetPoolQuotaExceeded")]
    public void What_a_pool_does_not_give_is_refused_by_name(string? cidr, int? length, string type)
    {
        var pool = Pool("10.0.0.0/24") with
        {
            MinPrefixlen = 28,
            MaxPrefixlen = 30,
            DefaultQuota = type == "SubnetPoolQuotaExceeded" ? 16 : null,
        };
        Cidr? certain = cidr is null ? null : Parse(cidr)[0];
        var fault = Assert.Throws<Fault>(() => Take(pool, "10.0.0.0/30", new("p", certain, length)));
        Assert.Equal(type, fault.Type);
    }

    [Fact]
    public void What_fits_nowhere_is_refused_and_what_fits_exactly_is_not()
    {
        Assert.Throws<Fault>(() => Take(Pool("10.0.0.0/24"), "10.0.0.0/25", new("p", null, 24)));
        Assert.Equal("10.0.0.128/25", Take(Pool("10.0.0.0/24"), "10.0.0.0/25", new("p", null, 25)));
    }

    private static string Take(SubnetPoolRow pool, string taken, PoolRequest request) =>
        PoolSpace.Take(pool, Parse(taken), Parse(taken), request).ToString();

    private static SubnetPoolRow Pool(string prefixes) =>
        new SubnetPoolRow
        {
            IpVersion = 4,
            MinPrefixlen = 8,
            MaxPrefixlen = 32,
            DefaultPrefixlen = 8,
        }.With(Parse(prefixes));

    private static Cidr[] Parse(string prefixes) =>
        [
            .. prefixes
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(p => Cidr.TryParse(p, out var cidr) ? cidr : throw new FormatException(p)),
        ];
}
