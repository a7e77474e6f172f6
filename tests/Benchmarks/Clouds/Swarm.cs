using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Agent;
using Pipeline.Agent.Edge;
using Pipeline.Agent.Images;
using Pipeline.Agent.Metadata;
using Pipeline.Contracts.Hosts;
using Pipeline.Drivers;
using Pipeline.Drivers.Disk.Fake;
using Pipeline.Drivers.Hypervisor.Fake;
using Pipeline.Drivers.Network.Fake;
using Pipeline.Drivers.Router.Fake;

namespace Pipeline.Benchmarks.Clouds;

/// <summary>
/// The agents of many hosts without metal, all in this process. They are what agents are, over the wire, but for their drivers and
/// their journals, which are in memory.
/// </summary>
internal sealed class Swarm : IAsyncDisposable
{
    private const int JoinAtOnce = 16;
    private readonly List<SwarmHost> hosts = [];
    private CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;

    public IReadOnlyList<SwarmHost> Hosts => hosts;

    /// <summary>Hosts join and begin to work.</summary>
    public static async Task<Swarm> StartAsync(Bench bench, int count)
    {
        var swarm = new Swarm();
        await swarm.GrowAsync(bench, count);
        return swarm;
    }

    public async Task GrowAsync(Bench bench, int count)
    {
        var first = hosts.Count;
        foreach (var numbers in Enumerable.Range(first, count).Chunk(JoinAtOnce))
            hosts.AddRange(await Task.WhenAll(numbers.Select(n => SwarmHost.JoinAsync(bench, $"swarm-{n}"))));
        var begun = hosts.Skip(first).Select(host => host.RunAsync(stop.Token));
        running = Task.WhenAll([running, .. begun]);
    }

    /// <summary>All agents end, and begin anew with the journals that they had.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        stop = new();
        running = Task.WhenAll(hosts.Select(host => host.RunAsync(stop.Token)));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var host in hosts)
            host.Dispose();
    }

    private async Task StopAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }
}

/// <summary>One host: its metal and its journal outlive its agent.</summary>
internal sealed class SwarmHost(HttpControlPlane control, AgentIdentity identity) : IDisposable
{
    // Roomier than the cloud's own fake host, so that what is ordered goes to these.
    private const int Vcpus = 1024;
    private const int MemoryMib = 1 << 22;
    private const int DiskGib = 1 << 18;

    private readonly JournalLines journal = new();

    public FakeHost Metal { get; } = new();

    public static async Task<SwarmHost> JoinAsync(Bench bench, string name)
    {
        var token = (await bench.Cloud.Admin.PostAsync("/hosts/v1/join-tokens", new JsonObject(), bench.Stop))[
            "token"
        ]!;
        var control = new HttpControlPlane(new($"http://127.0.0.1:{bench.Cloud.Port}"), bench.Time);
        var signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var sealing = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var request = new JoinRequest(
            (string)token!,
            name,
            signing.ExportSubjectPublicKeyInfo(),
            sealing.ExportSubjectPublicKeyInfo(),
            [HostFactNames.Compute]
        );
        var identity = new AgentIdentity(signing, sealing, await control.JoinAsync(request, bench.Stop));
        control.Identity = identity;
        return new(control, identity);
    }

    public Task RunAsync(CancellationToken ct)
    {
        var drivers = new HostDrivers(
            new FakeHypervisorDriver(Metal, identity.Cloud),
            new FakeDiskDriver(Metal, identity.Cloud),
            new FakeNetworkDriver(Metal, identity.Cloud),
            new FakeRouterDriver(Metal, identity.Cloud),
            new FakeImageCache(),
            new FakeGuestDocuments()
        );
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [HostFactNames.Roles] = HostFactNames.Compute,
            [HostFactNames.NetworkDriver] = drivers.Network.Name,
        };
        var agent = new HostAgent(
            identity,
            control,
            new PulledMessages(control),
            journal,
            drivers,
            new(Vcpus, MemoryMib, DiskGib, drivers.Hypervisor.Name, facts),
            TimeProvider.System,
            NullLoggerFactory.Instance
        );
        return agent.RunAsync(ct);
    }

    public void Dispose()
    {
        control.Dispose();
        identity.Dispose();
    }

    private sealed class JournalLines : IJournalFile
    {
        private List<string> lines = [];

        public IReadOnlyList<string> ReadAll() => [.. lines];

        public void Append(string line) => lines.Add(line);

        public void Note(string line) => lines.Add(line);

        public void Replace(IEnumerable<string> all) => lines = [.. all];
    }
}
