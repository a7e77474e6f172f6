using Pipeline.Data;

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

    /// <summary>Puts a mistake between the cloud and its database; for tests that show that it is found.</summary>
    public Func<Tx, Tx> Tamper { get; set; } = tx => tx;

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
