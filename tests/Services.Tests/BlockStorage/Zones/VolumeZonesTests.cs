using Pipeline.BlockStorage.Zones;
using Pipeline.Contracts;

namespace Pipeline.Services.Tests.BlockStorage.Zones;

/// <summary>Which zones a new volume may be in: the rules alone.</summary>
public sealed class VolumeZonesTests
{
    [Theory]
    [InlineData("nova", "", "", "", "nova", null)]
    [InlineData("nova", "nova", "", "", "nova", "nova")]
    [InlineData("nova west", "", "", "", "nova", "nova")]
    [InlineData("nova west", "west", "", "", "west", "west")]
    [InlineData("nova west", "", "west", "", "west", null)] // it lies beside its source anyway
    [InlineData("nova west", "west", "west", "", "west", null)]
    [InlineData("east west", "", "", "", "", null)] // no host is in the cloud's own zone: any will do
    [InlineData("west", "", "", "", "west", null)]
    [InlineData("nova west", "", "", "west", "west", null)] // its type's extra spec rules out the others
    [InlineData("nova east west", "", "", "west, east", "", null)]
    [InlineData("nova east west", "east", "", "west,east", "east", "east")]
    [InlineData("nova west", "", "west", "west", "west", null)]
    public void A_volume_goes_where_it_says_or_its_source_is_or_its_type_allows_or_is_usual(
        string known,
        string named,
        string source,
        string type,
        string shown,
        string? among
    )
    {
        var choice = Choose(known, named, source, type);
        Assert.Equal((shown, among), (choice.Shown, choice.Among is { } zones ? string.Join(' ', zones) : null));
    }

    [Theory]
    [InlineData("nova", "mars", "", "", "Availability zone 'mars' is invalid.")]
    [InlineData("west", "nova", "", "", "Availability zone 'nova' is invalid.")]
    [InlineData("nova west", "nova", "", "west", "Availability zone 'nova' is invalid.")]
    [InlineData("nova west", "", "nova", "west", "Availability zone 'nova' is invalid.")]
    [InlineData("nova west", "west", "nova", "", "Volume must be in the same availability zone as the snapshot")]
    [InlineData("nova", "", "", "mars,moon", "only supported in these availability zones: 'mars,moon'")]
    public void What_cannot_be_is_refused(string known, string named, string source, string type, string why)
    {
        var fault = Assert.Throws<Fault>(() => Choose(known, named, source, type));
        Assert.Equal(FaultCode.BadRequest, fault.Code);
        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_restored_is_where_its_backup_was_made_if_there_is_storage()
    {
        var none = new Dictionary<string, string>();
        Assert.Equal("west", VolumeZones.Choose(["nova", "west"], null, null, none, "west").Shown);
        Assert.Equal("nova", VolumeZones.Choose(["nova"], null, null, none, "west").Shown);
    }

    [Theory]
    [InlineData("nova west", "mars", "", "", "nova", "nova")]
    [InlineData("nova west", "mars", "west", "", "west", null)] // beside its source, whatever it names
    [InlineData("nova west", "mars", "", "west,mars", "west", null)]
    [InlineData("east west", "mars", "", "", "", null)]
    [InlineData("nova west", "west", "", "", "west", "west")] // what is there is what it gets
    public void With_fallback_an_unknown_zone_is_as_none(
        string known,
        string named,
        string source,
        string type,
        string shown,
        string? among
    )
    {
        var choice = Choose(known, named, source, type, fallsBack: true);
        Assert.Equal((shown, among), (choice.Shown, choice.Among is { } zones ? string.Join(' ', zones) : null));
    }

    [Fact]
    public void With_fallback_too_a_zone_that_is_there_and_cannot_be_is_refused()
    {
        Assert.Throws<Fault>(() => Choose("nova west", "west", "nova", "", fallsBack: true));
        Assert.Throws<Fault>(() => Choose("nova west", "nova", "", "west", fallsBack: true));
        Assert.Throws<Fault>(() => Choose("nova", "mars", "", "mars", fallsBack: true));
    }

    private static ZoneChoice Choose(string known, string named, string source, string type, bool fallsBack = false) =>
        VolumeZones.Choose(
            known.Split(' '),
            named.Length > 0 ? named : null,
            source.Length > 0 ? source : null,
            type.Length > 0 ? new() { [VolumeZones.Spec] = type } : new Dictionary<string, string>(),
            fallsBack: fallsBack
        );
}
