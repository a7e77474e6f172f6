namespace Pipeline.Testing.Clouds;

/// <summary>What ails a functions host, the store or a host for a while; each ends by itself at its time.</summary>
public sealed class Strain
{
    /// <summary>The process stands still: what it would read or write waits, and is done late, on the strength of what it knew.</summary>
    public DateTimeOffset StalledUntil { get; set; }

    /// <summary>Nothing can be written: to the database, or to a host's journal.</summary>
    public DateTimeOffset FullUntil { get; set; }

    /// <summary>Every write to the database, and every operation of a driver, takes <see cref="Slowness"/>.</summary>
    public DateTimeOffset SlowUntil { get; set; }

    public TimeSpan Slowness { get; set; }

    /// <summary>The lease cannot be renewed.</summary>
    public DateTimeOffset UnrenewedUntil { get; set; }

    /// <summary>Nothing goes from a host to the control plane or its queue, and nothing comes back.</summary>
    public DateTimeOffset CutOffUntil { get; set; }

    /// <summary>What is said on a host's connection is lost: rings and cancels are hints.</summary>
    public DateTimeOffset DeafUntil { get; set; }

    /// <summary>All is well from here on.</summary>
    public void End() =>
        StalledUntil = FullUntil = SlowUntil = UnrenewedUntil = CutOffUntil = DeafUntil = DateTimeOffset.MinValue;
}
