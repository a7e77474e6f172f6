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

    [Theory]
    [InlineData("nova", true)]
    [InlineData("mars, nova", true)]
    [InlineData("mars", false)]
    public void The_zones_of_a_type_are_met_by_a_backend_in_one_of_them(string zones, bool met)
    {
        var told = VolumeStage.ReportOf("a", 100);
        var specs = new Dictionary<string, string> { ["RESKEY:availability_zones"] = zones };
        Assert.Equal(met, ExtraSpecs.Unmet(specs, Row(One, "a", told), told) is null);
    }

    [Theory]
    [InlineData(1, 0, 0, "c a b d")] // most room, which is 150, 100, 80; d does not say
    [InlineData(-1, 0, 0, "b a c d")] // least room
    [InlineData(0, -1, 0, "a d b c")] // least promised, which is 0, 0, 20, 50; names break the tie
    [InlineData(0, 1, 0, "c b a d")]
    [InlineData(0, 0, -1, "c a b d")] // fewest volumes, which are 0, 1, 1, 3
    [InlineData(0, 0, 1, "d a b c")]
    [InlineData(0, 0, 0, "a b c d")] // nothing is asked: names
    [InlineData(1, 0, 1, "a c d b")] // a 101/151 + 1/3, b 81/151 + 1/3, c and d 1 each
    public void Each_weigher_counts_what_it_is_named_for(double room, double promised, double volumes, string order)
    {
        BackendRow[] rows =
        [
            Row(One, "d", VolumeStage.ReportOf("d", null), volumes: 3),
            Row(One, "b", VolumeStage.ReportOf("b", 100), provisioned: 20, volumes: 1),
            Row(One, "a", VolumeStage.ReportOf("a", 100), volumes: 1),
            Row(One, "c", VolumeStage.ReportOf("c", 200), provisioned: 50),
        ];
        var found = Rank(rows, 1, weighers: new(room, promised, volumes));
        Assert.Equal(order, string.Join(' ', found.Ranked.Select(r => r.Place.Backend)));
    }

    [Fact]
    public void A_volume_goes_beside_others_or_apart_from_them()
    {
        var told = VolumeStage.ReportOf("a", 100);
        BackendRow[] rows = [Row(One, "a", told), Row(Two, "a", told)];
        BackendPlace[] first = [new(One, "a")];
        Assert.Equal(One, Assert.Single(Rank(rows, 1, beside: first).Ranked).Place.Host);
        var apart = Rank(rows, 1, apart: first);
        Assert.Equal(Two, Assert.Single(apart.Ranked).Place.Host);
        Assert.Equal(1, apart.Rejections["different_host (of the volumes named)"]);
        Assert.Empty(Rank(rows, 1, beside: first, apart: first).Ranked);
    }

    private static RankedBackends Rank(
        IReadOnlyList<BackendRow> rows,
        long gib,
        HostId[]? up = null,
        BackendPlace? on = null,
        BackendPlace[]? beside = null,
        BackendPlace[]? apart = null,
        VolumeWeighers? weighers = null
    ) =>
        BackendScheduler.Rank(
            rows,
            (up ?? [One, Two]).ToHashSet(),
            new(gib, new Dictionary<string, string>(), on, beside ?? [], apart ?? []),
            weighers ?? new()
        );

    private static BackendRow Row(
        HostId host,
        string name,
        BackendReport told,
        long provisioned = 0,
        long volumes = 0
    ) =>
        new()
        {
            HostId = host,
            HostName = host == One ? "one" : "two",
            Name = name,
            ProvisionedGib = provisioned,
            Volumes = volumes,
            Report = JsonSerializer.Serialize(told, BlockStorageJson.Default.BackendReport),
        };
}
