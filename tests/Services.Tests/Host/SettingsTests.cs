using Microsoft.Extensions.Configuration;
using Pipeline.BlockStorage.Backends;
using Pipeline.Contracts;
using Pipeline.Functions;

namespace Pipeline.Services.Tests.Host;

public sealed class SettingsTests
{
    [Fact]
    public void Backends_are_weighed_as_an_operator_says_and_else_by_their_room()
    {
        Assert.Equal(new VolumeWeighers(1, 0, 0), AppSettings.Of(Settings([])).Weighers);
        var said = Settings(new() { ["capacityWeightMultiplier"] = "-1.5", ["volumeNumberMultiplier"] = "-1" });
        Assert.Equal(new VolumeWeighers(-1.5, 0, -1), AppSettings.Of(said).Weighers);
    }

    [Theory]
    [InlineData("much")]
    [InlineData("NaN")]
    [InlineData("")]
    public void What_is_no_number_is_refused_by_its_name(string text)
    {
        var wrong = Settings(new() { ["allocatedCapacityWeightMultiplier"] = text });
        var fault = Assert.Throws<Fault>(() => AppSettings.Of(wrong));
        Assert.Contains("allocatedCapacityWeightMultiplier", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_zones_are_refused_unless_an_operator_says_otherwise()
    {
        const string fallback = "allowAvailabilityZoneFallback";
        Assert.False(AppSettings.Of(Settings([])).Zones.FallsBack);
        Assert.True(AppSettings.Of(Settings(new() { [fallback] = "true" })).Zones.FallsBack);
        var fault = Assert.Throws<Fault>(() => AppSettings.Of(Settings(new() { [fallback] = "perhaps" })));
        Assert.Contains(fallback, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Physical_networks_carry_the_tags_that_an_operator_names()
    {
        Assert.Empty(AppSettings.Of(Settings([])).Network.Vlans);
        var said = Settings(new() { ["networkVlanRanges"] = "lab:100:199, floor, lab:300:300" });
        Assert.Equal(
            [new("lab", new(100, 199)), new("floor", new(1, 0)), new("lab", new(300, 300))],
            AppSettings.Of(said).Network.Vlans
        );
    }

    [Theory]
    [InlineData("lab:100")]
    [InlineData("lab:0:5")]
    [InlineData("lab:5:4095")]
    [InlineData("lab:7:6")]
    [InlineData(":1:2")]
    [InlineData("lab:one:two")]
    public void What_is_no_range_of_tags_is_refused_by_its_words(string text)
    {
        var fault = Assert.Throws<Fault>(() => AppSettings.Of(Settings(new() { ["networkVlanRanges"] = text })));
        Assert.Contains($"networkVlanRanges '{text}'", fault.Message, StringComparison.Ordinal);
    }

    private static IConfiguration Settings(Dictionary<string, string?> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values).Build();
}
