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
);

public sealed record Allocation(HostId Host, string HostName);
