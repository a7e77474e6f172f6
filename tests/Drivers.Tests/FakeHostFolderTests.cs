using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Hypervisor.Fake;

namespace Pipeline.Drivers.Tests;

public sealed class FakeHostFolderTests : IDisposable
{
    private const string Cloud = "cloud";
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_an_agent_made_is_there_for_the_next_one_and_what_it_removed_is_not()
    {
        var (stays, goes) = (Guest(1), Guest(2));
        var first = new FakeHypervisorDriver(Open(), Cloud);
        await first.EnsureGuestAsync(stays, Ct);
        await first.EnsureGuestAsync(goes, Ct);
        await first.StopGuestAsync(stays.Id, TimeSpan.Zero, Ct);
        await first.DestroyGuestAsync(goes.Id, Ct);

        var next = new FakeHypervisorDriver(Open(), Cloud);
        var found = await next.ListGuestsAsync(Ct).ToListAsync(Ct);
        Assert.Equal([new GuestStatus(stays.Id, GuestState.Off)], found);
        Assert.Equal(await first.ReadConsoleAsync(stays.Id, Ct), await next.ReadConsoleAsync(stays.Id, Ct));
        await next.EnsureGuestAsync(stays, Ct);
        Assert.Equal(GuestState.Running, Open().Guests.Values.Single().State);
    }

    [Fact]
    public async Task Every_kind_of_record_is_kept_as_it_was()
    {
        var host = Open();
        var network = new HostNetwork(new(Id(3)), Cloud, "vxlan", 7, 1450, []) { Peers = ["10.0.0.2"] };
        host.Disks["disk"] = new(new(new(Id(1)), Cloud, 1L << 30), new(new(Id(2)), "/images/one", "qcow2"));
        host.Networks["network"] = network;
        host.Routers["router"] = new(new(Id(4)), Cloud, AdminUp: true, [], Gateway: null, [], []);
        host.Volumes["volume"] = new(
            new(new(Id(5)), Cloud, 1L << 30),
            "word",
            FakeVolume.NoSnapshots.Add($"{Id(6)}", new("older word", 1L << 30)),
            FakeVolume.NoExports.Add(
                $"{Id(7)}",
                new(new(Id(5)), new(Id(7)), new(new(Id(8)), "host", "192.0.2.1", Initiator: null), IsReadOnly: true)
            )
        );
        await host.DoAsync("Any", "disk", () => true, Ct);
        var kept = Open();
        Assert.Equivalent(host.Routers["router"], kept.Routers["router"], strict: true);
        Assert.Equivalent(host.Volumes["volume"], kept.Volumes["volume"], strict: true);
        Assert.Equal(host.Disks, kept.Disks);
        Assert.Equivalent(network, kept.Networks["network"], strict: true);
    }

    [Fact]
    public async Task A_record_that_was_only_half_written_is_not_there()
    {
        await new FakeHypervisorDriver(Open(), Cloud).EnsureGuestAsync(Guest(1), Ct);
        var file = Path.Combine(_folder.Path, "guests.lines");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file, Ct))[..^1], Ct);
        Assert.Empty(Open().Guests);
    }

    [Fact]
    public async Task What_is_gone_takes_no_room_for_long()
    {
        var (host, stays) = (Open(), Guest(1));
        var driver = new FakeHypervisorDriver(host, Cloud);
        await driver.EnsureGuestAsync(stays, Ct);
        for (var i = 0; i < 6000; i++)
        {
            host.Disks["disk"] = new(new(new(Id(1)), Cloud, i + 1), null);
            await host.DoAsync("Any", "disk", () => true, Ct);
            host.Disks.Remove("disk");
            await host.DoAsync("Any", "disk", () => true, Ct);
        }
        Assert.InRange((await File.ReadAllLinesAsync(Path.Combine(_folder.Path, "disks.lines"), Ct)).Length, 0, 10_000);
        Assert.Equal(stays.Id, Open().Guests.Values.Single().Spec.Id);
        Assert.Empty(Open().Disks);
    }

    private FakeHost Open() => FakeHostFolder.Open(_folder.Path);

    private static GuestSpec Guest(int n) => new(new(Id(n)), Cloud, $"guest-{n}", 1, 128, "/disks/root", [], null);

    private static Guid Id(int n) => new(n, 0, 0, new byte[8]);
}
