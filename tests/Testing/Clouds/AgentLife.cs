using Pipeline.Agent;
using Pipeline.Agent.BlockStorage;
using Pipeline.Agent.Images;
using Pipeline.Agent.Steps;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Disk.Fake;
using Pipeline.Drivers.Hypervisor.Fake;
using Pipeline.Drivers.Network.Fake;
using Pipeline.Drivers.Router.Fake;
using Pipeline.Drivers.Volume.Fake;
using Pipeline.Testing.Simulation;

namespace Pipeline.Testing.Clouds;

/// <summary>One life of a host's agent, from its start to its death or stop.</summary>
internal sealed class AgentLife : IMortal, IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly TestCloud cloud;
    private readonly TestHost host;
    private readonly Task running;
    private Task? ending;

    /// <param name="stranger">Null: the host's own identity, and its own journal.</param>
    public AgentLife(TestCloud cloud, TestHost host, string name, AgentIdentity? stranger = null)
    {
        (this.cloud, this.host, Name, IsStranger) = (cloud, host, name, stranger is not null);
        var (world, metal, id) = (cloud.World, host.Metal, stranger ?? host.Identity);
        var journal = stranger is null ? host.Journal : new MemoryJournal();
        metal.Before = (operation, _) => PassAsync(Where.BeforeDriver, operation);
        metal.After = async (operation, item) =>
        {
            cloud.Done(host, operation, item);
            if (IsStranger)
                cloud.Trespassed(host, operation, item);
            await PassAsync(Where.AfterDriver, operation);
        };
        var drivers = new HostDrivers(
            new FakeHypervisorDriver(metal, id.Cloud),
            new FakeDiskDriver(metal, id.Cloud),
            new FakeNetworkDriver(metal, id.Cloud),
            new FakeRouterDriver(metal, id.Cloud),
            new FakeImageCache(),
            host.Documents
        )
        {
            Volumes = new SortedDictionary<string, IVolumeDriver>(
                (host.Inventory.Backends ?? []).ToDictionary(
                    b => b.Name,
                    b => (IVolumeDriver)new FakeVolumeDriver(metal, id.Cloud) { Tells = b.Statistics }
                ),
                StringComparer.Ordinal
            ),
            Files = new FakeVolumeFiles(metal),
            BackupFolder = host.BackupFolder is { } folder ? new FakeBackupFolder(metal, folder) : null,
        };
        var agent = new HostAgent(
            id,
            new InProcessControlPlane(cloud, id, () => Dead)
            {
                CutOff = () => host.Strain.CutOffUntil > world.Time.GetUtcNow(),
                Deaf = () => host.Strain.DeafUntil > world.Time.GetUtcNow(),
            },
            new MemoryHostMessages(cloud, host, id.Joined.Queue, () => Dead)
            {
                Dropping = () => cloud.Faults.PassAsync(Where.BeforeDrop, "", this),
            },
            journal.Open(() => Dead, Writing, Journalled),
            drivers,
            host.Inventory,
            world.Time,
            new WorldLogger(world.Log, name)
        );
        running = agent.RunAsync(stopping.Token);
    }

    public string Name { get; }

    public bool Dead { get; private set; }

    /// <summary>It is another cloud's.</summary>
    public bool IsStranger { get; }

    public Exception Die() => Die(revived: true);

    /// <param name="revived">True: the cloud starts the next agent after a while.</param>
    public Exception Die(bool revived)
    {
        if (Dead)
            return new AgentDiedException();
        cloud.World.Log.Add($"{Name} dies");
        Dead = true;
        stopping.Cancel();
        if (revived)
            cloud.ReviveLater(host, this);
        return new AgentDiedException();
    }

    /// <summary>Ends it as on SIGTERM, or what is left of it after its death.</summary>
    /// <remarks>Whoever asks second waits, too: what it does next must not meet what this life is still at.</remarks>
    public async ValueTask DisposeAsync() => await (ending ??= EndAsync());

    private async Task EndAsync()
    {
        stopping.Cancel();
        try
        {
            await running;
        }
        catch (Exception e) when (e is AgentDiedException or OperationCanceledException)
        {
            // A dead agent's steps ended where it died.
        }
        Dead = true;
        stopping.Dispose();
    }

    private async Task PassAsync(Where where, string operation)
    {
        if (Dead)
            throw new AgentDiedException();
        cloud.World.AssertInside($"{where} {operation}");
        cloud.World.Log.Add($"{Name}: {where} {operation}");
        await cloud.Faults.PassAsync(where, operation, this);
    }

    private void Writing()
    {
        var passed = cloud.Faults.PassAsync(Where.BeforeJournal, "", this);
        passed.GetAwaiter().GetResult(); // kills throw at once; nothing waits here
        if (host.Strain.FullUntil > cloud.World.Time.GetUtcNow())
            throw new IOException("No space left on device");
    }

    /// <summary>An answer is in the journal; the fence's lines name no step.</summary>
    private void Journalled(string line)
    {
        var entry = System.Text.Json.JsonSerializer.Deserialize(line, AgentJson.Default.JournalEntry);
        if (entry?.Answer is not { } answer)
            return;
        var passed = cloud.Faults.PassAsync(Where.AfterJournal, cloud.Tally.StepOf(answer.ActivityId), this);
        passed.GetAwaiter().GetResult(); // kills throw at once; nothing waits here
    }
}
