using System.Text.Json;
using Pipeline.Contracts;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Durable.Hub;
using Pipeline.Testing.Worlds;

namespace Pipeline.Testing.Clouds;

/// <summary>What ails the parts of a cloud, and who looks at what they write.</summary>
public sealed partial class TestCloud
{
    private readonly SortedDictionary<int, Strain> strains = [];

    public CloudOptions Options { get; }

    /// <summary>The database's disk.</summary>
    public Strain StoreStrain { get; } = new();

    /// <summary>Looks at a decision that wrote these tables, inside its transaction, right before it is committed.</summary>
    public Func<Tx, IReadOnlySet<string>, ValueTask> Committing { get; set; } = (_, _) => ValueTask.CompletedTask;

    /// <summary>Told of each operation of a driver that took effect: the host, the operation, the item's id.</summary>
    public Action<TestHost, string, string> Done { get; set; } = (_, _, _) => { };

    /// <summary>The same, begun by an agent of another cloud.</summary>
    public Action<TestHost, string, string> Trespassed { get; set; } = (_, _, _) => { };

    /// <summary>Puts a mistake between the cloud and its database; for tests that show that it is found.</summary>
    public Func<Tx, Tx> Tamper { get; set; } = tx => tx;

    /// <summary>Told of a message that its host is done with, right before it is dropped.</summary>
    public Func<byte[], Task> Acknowledging { get; set; } = _ => Task.CompletedTask;

    /// <summary>A mistake of agents: they drop a message as soon as they have it.</summary>
    public bool AcknowledgesEarly { get; set; }

    /// <summary>A mistake of functions hosts: what they send is not what they were to send.</summary>
    public Func<HostMessage, HostMessage>? Rewrite { get; set; }

    /// <summary>Orchestrations beside the product's, where functions hosts share the store.</summary>
    internal DurableAssembly Code { get; } = new(typeof(TestCloud).Assembly, WorldJson.Default);

    /// <summary>How often a functions host has died.</summary>
    public int Deaths { get; private set; }

    /// <summary>In whose names functions hosts work on orchestrations now.</summary>
    public IEnumerable<string> Owners => functions.Select(f => f.Owner).OfType<string>();

    internal StatementFacts Statements { get; } = new();

    /// <summary>The functions host's machine at this number.</summary>
    public Strain StrainOf(int slot) =>
        strains.TryGetValue(slot, out var strain) ? strain : strains[slot] = new Strain();

    public TimeSpan SkewOf(int slot) => slot < Options.Skews.Count ? Options.Skews[slot] : TimeSpan.Zero;

    /// <summary>One functions host is gone, as by kill -9, and comes back after a while.</summary>
    public void KillFunctionsHost(int slot)
    {
        if (functions.Find(f => f.Slot == slot && !f.Dead) is { } life)
            life.Die();
    }

    /// <summary>Starts an orchestration as the cloud's own code does.</summary>
    public Task StartAsync<T>(IOrchestration<T> order, string instance) =>
        functions[0].Db.WriteAsync(tx => functions[0].Durable.StartAsync(tx, order, new StartOptions(instance)));

    internal byte[] Rewritten(byte[] body)
    {
        if (Rewrite is null)
            return body;
        var signed = JsonSerializer.Deserialize(body, ContractsJson.Default.SignedMessage)!;
        return signed.Payload is null
            ? body
            : Signed(Rewrite(JsonSerializer.Deserialize(signed.Payload, ContractsJson.Default.HostMessage)!));
    }

    /// <summary>Everything is well again: no strain is left, and who is dead comes back by itself.</summary>
    public void Heal()
    {
        StoreStrain.End();
        foreach (var strain in strains.Values)
            strain.End();
        foreach (var host in hosts)
            host.Strain.End();
    }
}
