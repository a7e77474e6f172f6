using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

public sealed class NetworkLedgerTests : IDisposable
{
    private static readonly HostNetwork Network = Specs.Network("cloud");
    private static readonly Guid Group = Guid.NewGuid();
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private NetworkLedger Ledger => new(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ports_are_read_as_they_were_written_and_members_of_groups_stand_there_once()
    {
        var ports = await WriteAsync(20, ["10.1.0.1", "10.1.0.2"]);
        Assert.Single(MemberFiles());
        var read = Ledger.Ports(Network.Id);
        Assert.Equivalent(ports, read, strict: true);
        Assert.Single(read.Select(port => port.Port.Rules[^1].Remote).Distinct(ReferenceEqualityComparer.Instance));
    }

    [Fact]
    public async Task Members_that_no_port_was_told_any_more_are_gone()
    {
        var ports = await WriteAsync(2, ["10.1.0.1"]);
        var told = ports[0] with { Port = From(ports[0].Port, "10.1.0.2"), Told = 3 };
        await Ledger.SaveAsync(told, [ports[1]], Ct);
        Assert.Equal(2, MemberFiles().Count);
        Ledger.Remove(Network.Id, ports[1].Port.Id, [told]);
        Assert.Single(MemberFiles());
        Assert.Equal(["10.1.0.2"], Assert.Single(Ledger.Ports(Network.Id)).Port.Rules[^1].Remote);
        Assert.Equal(Network.Id, Ledger.NetworkOf(told.Port.Id));
        Assert.Null(Ledger.NetworkOf(ports[1].Port.Id));
    }

    [Fact]
    public async Task A_file_of_before_there_were_sets_is_read()
    {
        var port = new FilteredPort(Specs.Port(Network, 11).With(Specs.In(remote: "10.1.0.0/16")), 7);
        await Ledger.SaveAsync(Network, Ct);
        await Ledger.SaveAsync(port, [], Ct);
        var path = Path.Combine(_folder.Path, "networks", $"{Network.Id}", "ports", $"{port.Port.Id}.json");
        var text = await File.ReadAllTextAsync(path, Ct);
        var cut = text.IndexOf("\"Told\"", StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, text[..cut] + "\"Device\": \"plv0\" }", Ct);
        Assert.Equivalent(port, Assert.Single(Ledger.Ports(Network.Id)), strict: true);
    }

    private async Task<List<FilteredPort>> WriteAsync(int count, string[] members)
    {
        await Ledger.SaveAsync(Network, Ct);
        var ports = new List<FilteredPort>();
        for (var number = 1; number <= count; number++)
        {
            var port = From(Specs.Port(Network, 10 + number), [.. members]);
            ports.Add(new FilteredPort(port, number) { Told = number });
            await Ledger.SaveAsync(ports[^1], ports.SkipLast(1).ToList(), Ct);
        }
        return ports;
    }

    private static HostPort From(HostPort port, params string[] members) =>
        port with
        {
            Rules = [Specs.Out(), Specs.In(Specs.Tcp) with { Remote = members, RemoteGroup = Group }],
        };

    private List<string> MemberFiles() =>
        [.. Directory.EnumerateFiles(Path.Combine(_folder.Path, "networks", $"{Network.Id}", "members"))];
}
