using System.Text.Json;
using Pipeline.Agent.BlockStorage;
using Pipeline.Contracts;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Functions;
using Pipeline.Identity;
using Pipeline.Identity.Bootstrap;
using Pipeline.Runtime.Agents;
using Pipeline.Runtime.Storage;
using Pipeline.Testing.Simulation;

namespace Pipeline.Testing.Clouds;

/// <summary>
/// A whole cloud in one process and on one thread: functions hosts over one store, queues and blobs in memory, hosts with fake metal
/// and real agents. Time is simulated; a seed decides what runs next.
/// </summary>
public sealed partial class TestCloud : IAsyncDisposable
{
    private readonly List<FunctionsLife> functions = [];
    private readonly List<TestHost> hosts = [];
    private readonly List<Task> revivals = [];
    private readonly SortedDictionary<int, FakeFolder> folders = [];
    private readonly byte[] root;
    private readonly ControlKeys keys = ControlKeys.Generate();
    private CloudParts parts = null!;
    private bool closing;
    private int lives;
    private int turn;

    private TestCloud(SimulationContext world, CloudOptions options)
    {
        (World, Options) = (world, options);
        Store = TestDatabases.InMemory(world.Time, new ContextCommitLoop(world));
        Queues = new MemoryQueues(world.Time, world.Randomness.NewGuid);
        root = world.Randomness.Bytes(32);
    }

    public SimulationContext World { get; }

    public CloudFaultPlan Faults { get; } = new();

    public CloudUser Admin { get; private set; } = null!;

    /// <summary>A member of the project `demo`.</summary>
    public CloudUser Demo { get; private set; } = null!;

    public IReadOnlyList<TestHost> Hosts => hosts;

    /// <summary>The whole HTTP surface, a line a route.</summary>
    public string Routes => functions[0].Routes;

    /// <summary>Each rule's default.</summary>
    public IReadOnlyDictionary<string, string> Rules => functions[0].Policies.Texts;

    /// <summary>The store itself, which outlives functions hosts.</summary>
    public Database Store { get; }

    /// <summary>The storage account's queues, without the road to them: what is put here lies there at once.</summary>
    public IQueues Queues { get; }

    internal QueueTally Tally { get; } = new();

    /// <summary>Tells a story in a cloud of this seed, and sees to it that nothing of it still runs.</summary>
    /// <returns>What happened, line by line.</returns>
    public static EventLog Run(Func<TestCloud, Task> story, int seed = 1, CloudOptions? options = null)
    {
        var world = new SimulationContext(seed) { LogsSteps = options?.LogsSteps ?? false };
        Run(world, story, options ?? new());
        return world.Log;
    }

    /// <summary>The same in a world that its caller looks at.</summary>
    public static void Run(SimulationContext world, Func<TestCloud, Task> story, CloudOptions options) =>
        world.Run(async () =>
        {
            await using var cloud = new TestCloud(world, options);
            try
            {
                await cloud.StartAsync();
                await story(cloud);
            }
            catch (Exception e) when (e is not SimulationException)
            {
                throw new SimulationException($"seed {world.Seed}: {e.Message}\n{world.Log.Tail(60)}", e);
            }
        });

    /// <summary>The functions host is gone, as by kill -9.</summary>
    public async Task KillFunctionsHostAsync()
    {
        foreach (var life in functions.ToList())
        {
            life.Die();
            functions.Remove(life);
            await life.DisposeAsync();
        }
    }

    public async Task StartFunctionsHostAsync(int slot = 0)
    {
        var life = new FunctionsLife(this, parts, slot, $"functions.{++lives}") { Died = ReviveLater };
        functions.Add(life);
        await life.StartAsync(KeepAsync);
    }

    /// <summary>Sends a request to a functions host that lives; they take turns.</summary>
    /// <exception cref="Fault">Unavailable when none lives, or it dies before it has answered.</exception>
    public async Task<CloudAnswer> SendAsync(CloudRequest request, CancellationToken ct)
    {
        var living = functions.FindAll(f => !f.Dead);
        if (living.Count == 0)
            throw new Fault(FaultCode.Unavailable, "no functions host lives");
        var kept = request.Into is null ? new MemoryStream() : null;
        var context = request.ToContext(request.Into ?? kept!);
        await living[turn++ % living.Count].InvokeAsync(context, ct);
        await context.Response.CompleteAsync();
        return CloudRequest.Answer(context, kept);
    }

    /// <summary>Puts a message into a host's queue, as somebody could who has the storage account's key but not the control plane's.</summary>
    public Task PutMessageAsync(TestHost host, byte[] body)
    {
        Tally.Sent(host.Identity.Joined.Queue);
        return Queues.Open(host.Identity.Joined.Queue).SendAsync(body);
    }

    /// <summary>The key file's content.</summary>
    internal byte[] Root => root;

    /// <summary>A message as it lies in a queue, signed by this cloud's control plane, or by a stranger.</summary>
    public byte[] Signed(HostMessage message, ControlKeys? stranger = null)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(message, ContractsJson.Default.HostMessage);
        var signed = new SignedMessage(payload, null, (stranger ?? keys).Sign(payload));
        return JsonSerializer.SerializeToUtf8Bytes(signed, ContractsJson.Default.SignedMessage);
    }

    public async ValueTask DisposeAsync()
    {
        closing = true;
        await Task.WhenAll(revivals);
        foreach (var host in hosts)
            await host.StopAgentAsync();
        foreach (var life in functions)
            await life.DisposeAsync();
        Store.Dispose();
        parts?.Vault.Dispose();
        keys.Dispose();
    }

    internal void ReviveLater(TestHost host, AgentLife dead) =>
        revivals.Add(
            World.Start(
                $"the return of {host.Name}'s agent",
                async () =>
                {
                    System.Diagnostics.Activity.Current = null; // where the dead one died is nothing of the next one's
                    await AwayAsync();
                    await dead.DisposeAsync();
                    if (!closing && host.Agent == dead)
                        host.StartAgent();
                }
            )
        );

    private void ReviveLater(FunctionsLife dead)
    {
        Deaths++;
        var restores = Restores;
        revivals.Add(
            World.Start(
                $"the return of {dead.Name}",
                async () =>
                {
                    System.Diagnostics.Activity.Current = null; // where the dead one died is nothing of the next one's
                    await AwayAsync();
                    if (!functions.Remove(dead))
                        return; // ended by the test itself
                    await dead.DisposeAsync();
                    if (!closing && restores == Restores)
                        await StartFunctionsHostAsync(dead.Slot);
                }
            )
        );
    }

    private Task AwayAsync() => Task.Delay(Options.Away, World.Time, CancellationToken.None);

    private async Task StartAsync()
    {
        var payloads = new MemoryBlobs(World.Time, World.Randomness.NewGuid);
        var images = new MemoryBlobs(World.Time, World.Randomness.NewGuid);
        var backups = new MemoryBlobs(World.Time, World.Randomness.NewGuid);
        await payloads.CreateAsync();
        await images.CreateAsync();
        await backups.CreateAsync();
        var ring = await KeyRing.OpenAsync(Store, root, World.Time, World.Randomness);
        parts = new(
            Store,
            await Cloud.EnsureAsync(Store, World.Randomness),
            ring,
            new Vault(root, World.Randomness, ring),
            keys,
            Queues,
            payloads,
            images,
            backups,
            new QueueGrants(_ => null),
            Options.Identity(new() { PasswordIterations = 1, PasswordChecks = 4 })
        );
        for (var i = 0; i < Options.FunctionsHosts; i++)
            await StartFunctionsHostAsync(i);
        for (var i = 1; i <= Options.Hosts; i++)
            await AddHostAsync($"host-{i}");
        await UntilAsync(async () => await UpAsync() == hosts.Count, "the hosts are up");
    }

    private async Task AddHostAsync(string name)
    {
        var folder = Options.BackupFolder(name) is { } number ? BackupFolder(number) : null;
        var facts = new SortedDictionary<string, string>(Options.Inventory.Facts.ToDictionary());
        if (folder is not null)
            facts[HostFactNames.BackupFolder] = $"{folder.Id}";
        var host = new TestHost(this, name, Options.Inventory with { Facts = facts }) { BackupFolder = folder };
        hosts.Add(host);
        await host.JoinAsync();
        host.StartAgent();
    }

    /// <summary>One that hosts keep backups in, by its number in the options.</summary>
    public FakeFolder BackupFolder(int number)
    {
        if (!folders.TryGetValue(number, out var folder))
            folders[number] = folder = new(new(new Guid(number, 0, 0, new byte[8])), World.Time);
        return folder;
    }

    private Task<long> UpAsync() =>
        Store.ReadAsync(async tx => await tx.ScalarAsync<long>("SELECT COUNT(*) FROM hosts WHERE state = 'up'"));

    private Task KeepAsync(FirstPasswords passwords)
    {
        Admin = new("admin", passwords.Admin, "admin");
        Demo = new("demo", passwords.Demo, "demo");
        return Task.CompletedTask;
    }
}
