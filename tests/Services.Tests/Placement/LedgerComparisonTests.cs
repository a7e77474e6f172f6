using Pipeline.Contracts.Hosts;
using Pipeline.Placement.Ledger;

namespace Pipeline.Services.Tests.Placement;

public sealed class LedgerComparisonTests
{
    private static readonly HostId Here = new(Number(1));
    private static readonly HostId There = new(Number(2));
    private static readonly DateTimeOffset Asked = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Holding Guest = new(HoldingKind.Guest, Number(10));
    private static readonly Holding Disk = new(HoldingKind.Disk, Number(10));
    private static readonly Holding Port = new(HoldingKind.Port, Number(11), Number(12));
    private static readonly Holding Network = new(HoldingKind.Network, Number(12));

    [Fact]
    public void What_is_where_it_belongs_is_found_in_order()
    {
        var findings = Compare([Guest, Disk, Port, Network], [.. All(Here)]);
        Assert.Empty(findings.Removed);
        Assert.Empty(findings.Unexpected);
        Assert.Empty(findings.Missing);
        Assert.Empty(findings.Moving);
    }

    [Fact]
    public void What_was_removed_before_the_host_was_asked_may_be_reclaimed()
    {
        var findings = Compare([Guest, Disk], [], removed: [(Guest, -10), (Disk, -10)]);
        Assert.Equal([Guest, Disk], findings.Removed);
        Assert.Empty(findings.Unexpected);
    }

    [Fact]
    public void What_was_removed_after_the_host_was_asked_is_left_for_the_next_sweep()
    {
        var findings = Compare([Port], [], removed: [(Port, 1)]);
        Assert.Equal([Port], findings.Moving);
        Assert.Empty(findings.Removed);
    }

    [Fact]
    public void What_nothing_is_known_of_is_never_reclaimed()
    {
        var findings = Compare([Guest, Port], []);
        Assert.Equal([Guest, Port], findings.Unexpected.Select(u => u.Item));
        Assert.Contains("no record of server/", findings.Unexpected[0].Reason, StringComparison.Ordinal);
        Assert.Empty(findings.Removed);
    }

    [Fact]
    public void What_belongs_elsewhere_or_nowhere_is_quarantined_and_says_so()
    {
        var findings = Compare(
            [Guest, Port, Network],
            [Record(Guest, There), Record(Port, null), Record(Network, null)]
        );
        Assert.Equal(
            [
                $"server/{Guest.Id} belongs on host {There}.",
                $"port/{Port.Id} is not on any host.",
                $"No port of network/{Network.Id} is on this host.",
            ],
            findings.Unexpected.Select(u => u.Reason)
        );
    }

    /// <summary>A removal that a living record contradicts is no licence: the record wins.</summary>
    [Fact]
    public void What_is_recorded_both_ways_is_not_reclaimed()
    {
        var findings = Compare([Guest], [Record(Guest, There)], removed: [(Guest, -10)]);
        Assert.Single(findings.Unexpected);
        Assert.Empty(findings.Removed);
    }

    [Fact]
    public void What_should_be_there_and_is_not_is_missing()
    {
        var findings = Compare([Disk], [.. All(Here)]);
        Assert.Equal([Guest, Port, Network], findings.Missing);
    }

    [Fact]
    public void What_an_operation_works_on_is_neither_missing_nor_unexpected()
    {
        var server = $"server/{Guest.Id}";
        var plugged = Record(Port, null) with { Operated = server };
        var findings = Compare([Guest, Port], [Record(Disk, Here), plugged], operated: [server]);
        Assert.Equal([Guest, Port, Disk], findings.Moving);
        Assert.Empty(findings.Missing);
        Assert.Empty(findings.Unexpected);
    }

    [Fact]
    public void A_removed_thing_that_is_being_reclaimed_is_not_reclaimed_twice()
    {
        var findings = Compare([Guest], [], removed: [(Guest, -10)], operated: [Guest.Owner]);
        Assert.Empty(findings.Removed);
        Assert.Equal([Guest], findings.Moving);
    }

    [Fact]
    public void What_changed_outside_a_lock_after_the_host_was_asked_is_left_for_the_next_sweep()
    {
        var freed = Record(Network, null) with { ChangedAt = Asked.AddSeconds(1) };
        Assert.Equal([Network], Compare([Network], [freed]).Moving);
        var before = Record(Network, null) with { ChangedAt = Asked.AddSeconds(-1) };
        Assert.Equal([Network], Compare([Network], [before]).Removed);
    }

    [Fact]
    public void A_network_of_ours_goes_with_the_last_of_its_ports_and_not_before()
    {
        LedgerRecord[] known = [Record(Network, null)];
        Assert.Equal([Port, Network], Compare([Network, Port], known, removed: [(Port, -10)]).Removed);
        Assert.Equal([Network], Compare([Network, Port], known).Unexpected.Select(u => u.Item).Skip(1));
        Assert.Empty(Compare([Network, Port], known, removed: [(Port, 1)]).Removed);
    }

    [Fact]
    public void A_thing_that_is_listed_twice_is_one() => Assert.Single(Compare([Guest, Guest], []).Unexpected);

    private static IEnumerable<LedgerRecord> All(HostId host) =>
        new[] { Guest, Disk, Port, Network }.Select(item => Record(item, host));

    private static LedgerRecord Record(Holding item, HostId? host) => new(item, host, item.Owner);

    private static LedgerFindings Compare(
        Holding[] held,
        LedgerRecord[] records,
        (Holding Item, int Seconds)[]? removed = null,
        string[]? operated = null
    ) =>
        LedgerComparison.Compare(
            new(
                Here,
                Asked,
                records,
                (removed ?? []).ToDictionary(r => (r.Item.Kind, r.Item.Id), r => Asked.AddSeconds(r.Seconds)),
                new HashSet<string>(operated ?? [])
            ),
            held
        );

    private static Guid Number(int number) => new(number, 0, 0, new byte[8]);
}
