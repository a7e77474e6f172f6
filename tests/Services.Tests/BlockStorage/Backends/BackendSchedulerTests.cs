using System.Text.Json;
using Pipeline.BlockStorage;
using Pipeline.BlockStorage.Backends;
using Pipeline.Contracts;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Services.Tests.BlockStorage.Backends;

public sealed class BackendSchedulerTests
{
    private static readonly HostId One = new(new Guid(1, 0, 0, new byte[8]));
    private static readonly HostId Two = new(new Guid(2, 0, 0, new byte[8]));

    [Fact]
    public void The_roomiest_comes_first_and_names_break_ties()
    {
        var found = Rank(
            [
                Row(One, "b", VolumeStage.ReportOf("b", 100)),
                Row(One, "a", VolumeStage.ReportOf("a", 100)),
                Row(Two, "c", VolumeStage.ReportOf("c", 200), provisioned: 50),
            ],
            10
        );
        Assert.Equal("c a b", string.Join(' ', found.Ranked.Select(r => r.Place.Backend)));
    }

    [Fact]
    public void What_does_not_fit_is_counted_by_its_constraint()
    {
        var pinned = new BackendPlace(Two, "down");
        var found = Rank(
            [
                Row(Two, "down", VolumeStage.ReportOf("down", 100)),
                Row(One, "gone", VolumeStage.ReportOf("gone", 100)) with
                {
                    Offered = false,
                },
                Row(One, "off", VolumeStage.ReportOf("off", 100)) with
                {
                    Enabled = false,
                },
                Row(One, "full", VolumeStage.ReportOf("full", 100), provisioned: 95),
                Row(One, "written", VolumeStage.ReportOf("written", 100, free: 5)),
            ],
            10,
            up: [One]
        );
        Assert.Empty(found.Ranked);
        Assert.Equal(
            "capacity (of 10 GiB wanted) 2, state (its host is down or disabled) 1, state (its host offers it no more) 1, state (the backend is disabled) 1",
            string.Join(", ", found.Rejections.Select(r => $"{r.Key} {r.Value}"))
        );
        Assert.Contains("Of 5 backends: 2 rejected by capacity", BackendScheduler.NoValidBackend(found).Message);
        var other = Rank([Row(One, "a", VolumeStage.ReportOf("a", 100))], 10, on: pinned);
        Assert.Equal("place (it has to be where its source is)", Assert.Single(other.Rejections).Key);
    }

    [Theory]
    [InlineData(100.0, 0, 1, false, 100)]
    [InlineData(100.0, 10, 1, false, 90)]
    [InlineData(100.0, 10, 20, false, 90)]
    [InlineData(100.0, 10, 20, true, 1800)]
    [InlineData(null, 10, 20, true, long.MaxValue)]
    public void So_much_may_be_promised(double? total, int reserved, double ratio, bool thin, long most) =>
        Assert.Equal(
            most,
            BackendRow.MostOf(
                VolumeStage.ReportOf("a", total, null, reserved, ratio, ("thin_provisioning_support", thin))
            )
        );

    [Theory]
    [InlineData("volume_backend_name", "a", true)]
    [InlineData("volume_backend_name", "b", false)]
    [InlineData("multiattach", "<is> True", true)]
    [InlineData("capabilities:multiattach", "<is> True", true)]
    [InlineData("capabilities:multiattach", "<is> False", false)]
    [InlineData("nothing_of_ours", "<is> True", false)]
    [InlineData("quality:unknown", "x", true)]
    [InlineData("total_capacity_gb", ">= 100", true)]
    [InlineData("total_capacity_gb", "> 100", false)]
    [InlineData("storage_protocol", "<or> iSCSI <or> fake", true)]
    [InlineData("storage_protocol", "<in> ak", true)]
    [InlineData("vendor_name", "s== Pipeline", true)]
    [InlineData("vendor_name", "s!= Pipeline", false)]
    [InlineData("RESKEY:availability_zones", "nova", true)]
    public void Extra_specs_are_met_as_by_Cinders_filter(string key, string value, bool met)
    {
        var told = VolumeStage.ReportOf("a", 100, capabilities: ("multiattach", true));
        var unmet = ExtraSpecs.Unmet(new Dictionary<string, string> { [key] = value }, Row(One, "a", told), told);
        Assert.Equal(met ? null : key, unmet);
    }

    private static RankedBackends Rank(
        IReadOnlyList<BackendRow> rows,
        long gib,
        HostId[]? up = null,
        BackendPlace? on = null
    ) =>
        BackendScheduler.Rank(
            rows,
            (up ?? [One, Two]).ToHashSet(),
            new(gib, new Dictionary<string, string>(), on, [], [])
        );

    private static BackendRow Row(HostId host, string name, BackendReport told, long provisioned = 0) =>
        new()
        {
            HostId = host,
            HostName = host == One ? "one" : "two",
            Name = name,
            ProvisionedGib = provisioned,
            Report = JsonSerializer.Serialize(told, BlockStorageJson.Default.BackendReport),
        };
}
