using System.Diagnostics;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>Filters in the kernel: what comes of changes is what a whole load would have made.</summary>
public sealed class FilterLoadTests : IAsyncLifetime
{
    private static readonly LinuxBridgeOptions Options = new("cloud", "unused");

    private const int Steps = 40;
    private static readonly Guid[] Groups = [Id(1), Id(2), Id(3)];
    private readonly List<NetworkId> _spaces = [];
    private readonly Dictionary<(Guid Group, int EtherType), List<string>> _members = [];
    private readonly SortedDictionary<int, FilteredPort> _ports = [];
    private readonly BridgeFilter _filter = New();
    private HostNetwork _network = Specs.Network("cloud");
    private NetworkId _changed;
    private NetworkId _whole;
    private ulong _chance;
    private long _told;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "namespaces need root");
        _changed = await AddSpaceAsync();
        _whole = await AddSpaceAsync();
        foreach (var group in Groups)
        foreach (var etherType in (int[])[4, 6])
            _members[(group, etherType)] = [NewMember(etherType), NewMember(etherType)];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var space in _spaces)
            await RunAsync("ip", "netns", "delete", Spaces.NameOf(space));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Changes_end_in_the_same_ruleset_as_a_whole_load(int seed)
    {
        _chance = (ulong)seed;
        using var caller = new Activity("test").Start();
        using var spans = new CommandSpans(caller);
        for (var step = 0; step < Steps; step++)
        {
            Turn();
            var wanted = Ruleset.Of(_network, [.. _ports.Values], Options);
            await _filter.LoadAsync(_changed, wanted, Ct);
            await RunAsync("nsenter", $"--net={Spaces.PathOf(_whole)}", "nft", "flush", "ruleset");
            await New().LoadAsync(_whole, wanted, Ct);
            Assert.Equal(await ListAsync(_whole), await ListAsync(_changed));
        }
        // One whole load in the one namespace, one at each step in the other: nothing was refused on the way.
        Assert.Equal(1 + Steps, spans.Named("sysctl").Count);
        Assert.All(spans.Named("nft"), span => Assert.Equal(0, span.GetTagItem("process.exit.code")));
        // Over what changes left, another process's whole load is the same.
        _ports.Remove(_ports.Keys.First());
        await New().LoadAsync(_changed, Ruleset.Of(_network, [.. _ports.Values], Options), Ct);
        await _filter.LoadAsync(_whole, Ruleset.Of(_network, [.. _ports.Values], Options), Ct);
        Assert.Equal(await ListAsync(_whole), await ListAsync(_changed));
    }

    [Theory]
    [InlineData("flush ruleset")]
    [InlineData("flush table inet pipeline")]
    [InlineData("flush map inet pipeline served")]
    [InlineData("add element inet pipeline served { 10.9.9.9 : drop }")]
    public async Task What_somebody_else_did_to_the_filter_is_undone_by_the_next_load(string harm)
    {
        _ports[1] = Port(1);
        var wanted = Ruleset.Of(_network, [.. _ports.Values], Options);
        await _filter.LoadAsync(_changed, wanted, Ct);
        var right = await ListAsync(_changed);
        Assert.False(_filter.IsLost(_changed));
        await RunAsync("nsenter", [$"--net={Spaces.PathOf(_changed)}", "nft", .. harm.Split(' ')]);
        Assert.NotEqual(right, await ListAsync(_changed));
        Assert.True(_filter.IsLost(_changed));
        await _filter.LoadAsync(_changed, wanted, Ct);
        Assert.Equal(right, await ListAsync(_changed));
        Assert.False(_filter.IsLost(_changed));
    }

    [Fact]
    public async Task A_namespace_that_was_made_again_is_filtered_as_the_one_before()
    {
        _ports[1] = Port(1);
        var wanted = Ruleset.Of(_network, [.. _ports.Values], Options);
        await _filter.LoadAsync(_changed, wanted, Ct);
        var right = await ListAsync(_changed);
        await RunAsync("ip", "netns", "delete", Spaces.NameOf(_changed));
        await RunAsync("ip", "netns", "add", Spaces.NameOf(_changed));
        await _filter.LoadAsync(_changed, wanted, Ct);
        Assert.Equal(right, await ListAsync(_changed));
    }

    [Fact]
    public async Task What_is_as_it_shall_be_is_not_loaded_again()
    {
        _ports[1] = Port(1);
        await _filter.LoadAsync(_changed, Ruleset.Of(_network, [.. _ports.Values], Options), Ct);
        var before = Generation.Of(Spaces.PathOf(_changed));
        await _filter.LoadAsync(_changed, Ruleset.Of(_network, [.. _ports.Values], Options), Ct);
        Assert.NotNull(before);
        Assert.Equal(before, Generation.Of(Spaces.PathOf(_changed)));
    }

    /// <summary>One thing changes: a member, a port's coming or going, or what it is.</summary>
    private void Turn()
    {
        var number = Below(6) + 1;
        if (!_ports.TryGetValue(number, out var known))
            _ports[number] = Port(number);
        else
            switch (Below(8))
            {
                case 0:
                    _ports.Remove(number);
                    break;
                case 1:
                    _ports[number] = Told(known.Port with { AdminUp = !known.Port.AdminUp }, number);
                    break;
                case 2:
                    _ports[number] = Told(known.Port with { Stateless = !known.Port.Stateless }, number);
                    break;
                case 3:
                    _ports[number] = Told(known.Port with { Secured = !known.Port.Secured }, number);
                    break;
                case 4:
                    var type = _network.SegmentType == "local" ? "vxlan" : "local";
                    _network = _network with { SegmentType = type };
                    break;
                case 5:
                    _ports[number] = Told(known.Port with { Rules = NewRules() }, number);
                    break;
                default:
                    ChangeMember(Groups[Below(3)], Below(2) == 0 ? 4 : 6);
                    _ports[number] = Told(known.Port with { Rules = [.. known.Port.Rules.Select(Again)] }, number);
                    break;
            }
    }

    private void ChangeMember(Guid group, int etherType)
    {
        var members = _members[(group, etherType)];
        if (members.Count > 0 && Below(3) == 0)
            members.RemoveAt(Below(members.Count));
        else
            members.Add(NewMember(etherType));
    }

    // Near one another, so that prefixes hold and border on what stands beside them.
    private string NewMember(int etherType) =>
        (etherType, Below(4)) switch
        {
            (4, 0) => $"10.0.4.{Below(16) * 4}/{30 + Below(2)}",
            (4, _) => $"10.0.4.{Below(64)}",
            (_, 0) => $"fd00::{Below(16) * 4:x}/{126 + Below(2)}",
            _ => $"fd00::{Below(64):x}",
        };

    private FilteredPort Port(int number) =>
        Told(
            Specs.Port(_network, number) with
            {
                Id = new(Id(number)),
                Rules = NewRules(),
                AllowedPairs = Below(3) == 0 ? [new("00:00:5e:00:01:01", "10.0.0.100")] : null,
            },
            number
        );

    private FilteredPort Told(HostPort port, int number) => new(port, number) { Told = ++_told };

    private List<PortRule> NewRules() =>
        [
            .. Enumerable
                .Range(0, Below(4))
                .Select(_ =>
                    Specs.Allow(
                        (RuleDirection)Below(2),
                        Specs.Tcp,
                        22 + Below(3),
                        30,
                        etherType: Below(2) == 0 ? 4 : 6
                    ) with
                    {
                        RemoteGroup = Groups[Below(3)],
                    }
                )
                .Select(Again),
            Specs.In(Specs.Tcp, 80, 80 + Below(3), "10.3.0.0/16"),
        ];

    private PortRule Again(PortRule rule) =>
        rule.RemoteGroup is { } group ? rule with { Remote = [.. _members[(group, rule.EtherType)]] } : rule;

    private int Below(int limit)
    {
        _chance = _chance * 6364136223846793005 + 1442695040888963407;
        return (int)((_chance >> 33) % (ulong)limit);
    }

    private static Guid Id(int number) => new(number, 0, 0, new byte[8]);

    private static Spaces Spaces => new(Host: null);

    private static BridgeFilter New() =>
        new(new LinuxBridgeOptions("cloud", "/nowhere"), new Command(TimeProvider.System));

    private async Task<NetworkId> AddSpaceAsync()
    {
        var id = new NetworkId(Guid.NewGuid());
        await RunAsync("ip", "netns", "add", Spaces.NameOf(id));
        _spaces.Add(id);
        return id;
    }

    private static Task<string> RunAsync(string program, params string[] arguments) =>
        new Command(TimeProvider.System).RunAsync(new Invocation(program, arguments), CancellationToken.None);

    /// <summary>All chains and sets with what is in them; the order of those that came earlier or later does not matter.</summary>
    private static async Task<string> ListAsync(NetworkId space)
    {
        var listed = await RunAsync("nsenter", $"--net={Spaces.PathOf(space)}", "nft", "list", "ruleset");
        var (table, item, items) = ("", "", new List<string>());
        foreach (var line in listed.Split('\n'))
            if (line.StartsWith("table", StringComparison.Ordinal))
                table = line;
            else if (line != "\t}")
                item += line.Trim() + '\n';
            else
            {
                items.Add($"{table}\n{Sorted(item)}");
                item = "";
            }
        return string.Join('\n', items.Order(StringComparer.Ordinal));
    }

    private static string Sorted(string item)
    {
        const string head = "elements = {";
        var start = item.IndexOf(head, StringComparison.Ordinal) + head.Length;
        if (start < head.Length)
            return item;
        var end = item.IndexOf('}', start);
        var elements = item[start..end].Split(',').Select(element => element.Trim()).Order(StringComparer.Ordinal);
        return $"{item[..start]}{string.Join(", ", elements)}{item[end..]}";
    }
}
