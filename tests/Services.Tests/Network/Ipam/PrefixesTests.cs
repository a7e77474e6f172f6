using Pipeline.Data;
using Pipeline.Network.Ipam;

namespace Pipeline.Services.Tests.Network.Ipam;

public sealed class PrefixesTests
{
    [Theory]
    [InlineData("10.0.0.5", "10.0.0.5/32")]
    [InlineData("10.0.0.4 10.0.0.5", "10.0.0.4/31")]
    [InlineData("10.0.0.5 10.0.0.6", "10.0.0.5/32 10.0.0.6/32")]
    [InlineData("10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 10.0.0.8", "10.0.0.3/32 10.0.0.4/30 10.0.0.8/32")]
    [InlineData("10.0.0.4 10.0.0.4", "10.0.0.4/32")]
    [InlineData("fd00::5 10.0.0.4 fd00::4 10.0.0.5", "10.0.0.4/31 fd00::4/127")]
    [InlineData("fd00::ffff:ffff fd00::1:0:0", "fd00::ffff:ffff/128 fd00::1:0:0/128")]
    public void Neighbours_become_one_prefix(string addresses, string prefixes) =>
        Assert.Equal(prefixes, string.Join(' ', Prefixes.Of(addresses.Split(' ').Select(Number))));

    [Theory]
    [InlineData("10.0.0.0")]
    [InlineData("fd00::ffff:ff80")]
    public void Prefixes_cover_exactly_the_addresses(string first)
    {
        var randomness = Randomness.Seeded(11);
        for (var run = 0; run < 200; run++)
        {
            var addresses = Enumerable.Range(0, 256).Where(_ => randomness.Next(3) > 0).Select(a => (UInt128)a);
            var wanted = addresses.Select(a => Number(first) with { Number = Number(first).Number + a }).ToHashSet();
            var covered = Prefixes.Of(wanted).SelectMany(Members).ToList();
            Assert.Equal(covered.Count, covered.Distinct().Count());
            Assert.True(wanted.SetEquals(covered));
        }
    }

    private static IEnumerable<IpAddress> Members(string text)
    {
        Assert.True(Cidr.TryParse(text, out var cidr));
        for (var address = cidr.First; address <= cidr.Last; address = address.Next)
            yield return address;
    }

    private static IpAddress Number(string text) =>
        IpAddress.TryParse(text, out var address) ? address : throw new FormatException(text);
}
