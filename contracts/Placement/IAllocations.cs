using Pipeline.Data;

namespace Pipeline.Contracts.Placement;

/// <summary>What a server takes from a host.</summary>
public sealed record Resources(int Vcpus, int MemoryMib, int DiskGib);

/// <summary>A host that could take a server when it was looked at; claiming compares again.</summary>
public sealed record Candidate(HostId Host, string HostName, Resources Free);

/// <summary>Ranked hosts and, for the fault, how many hosts each constraint rejected.</summary>
public sealed record Candidates(
    IReadOnlyList<Candidate> Ranked,
    IReadOnlyDictionary<string, int> Rejections,
    int Hosts
);

/// <param name="Free">What is left by hosts; the scheduler filters and ranks it.</param>
public sealed record HostView(
    HostId Id,
    string Name,
    bool Up,
    bool Enabled,
    Resources Total,
    Resources Free,
    IReadOnlyDictionary<string, string> Facts
)
{
    /// <summary>What the machine itself has, before any ratio or reserve.</summary>
    public Resources Machine { get; init; } = Total;

    /// <summary>The hypervisor driver's name.</summary>
    public string Hypervisor { get; init; } = "";

    /// <summary>When its state or inventory changed last.</summary>
    public DateTimeOffset ChangedAt { get; init; }
}

public sealed record Allocation(HostId Host, string HostName);

/// <summary>Claim interface of the placement service: who takes what from which host.</summary>
public interface IAllocations
{
    /// <summary>All hosts that have told their inventory, in the order of their names.</summary>
    ValueTask<IReadOnlyList<HostView>> ListHostsAsync(Tx tx);

    /// <summary>Compares again and claims. A server's earlier claim on the same host is the answer.</summary>
    /// <returns>Null when the host no longer fits, or is not up and enabled any more.</returns>
    ValueTask<Allocation?> TryClaimAsync(
        Tx tx,
        ServerId server,
        ProjectId project,
        Candidate candidate,
        Resources wanted
    );

    /// <summary>Gives back all that the server holds; none is success.</summary>
    ValueTask ReleaseAsync(Tx tx, ServerId server);
}
