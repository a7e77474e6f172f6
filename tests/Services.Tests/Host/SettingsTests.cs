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

    private static IConfiguration Settings(Dictionary<string, string?> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values).Build();
}
