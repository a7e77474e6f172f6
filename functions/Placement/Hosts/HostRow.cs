namespace Pipeline.Placement.Hosts;

/// <summary>A host that has joined. Its used amounts are changed by claims alone.</summary>
internal sealed record HostRow
{
    public HostId Id { get; init; }
    public string Name { get; init; } = "";
    public string SigningKey { get; init; } = "";
    public string SealingKey { get; init; } = "";
    public string Roles { get; init; } = "";
    public string State { get; init; } = "";
    public bool Enabled { get; init; }
    public int Vcpus { get; init; }
    public int MemoryMib { get; init; }
    public int DiskGib { get; init; }
    public int UsedVcpus { get; init; }
    public int UsedMemoryMib { get; init; }
    public int UsedDiskGib { get; init; }
    public string Hypervisor { get; init; } = "";
    public string Facts { get; init; } = "{}";

    /// <summary>When a functions host last told that it had heard the host; up to half a minute old while it lives.</summary>
    public DateTimeOffset LastSeen { get; init; }
    public DateTimeOffset JoinedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    public bool IsUp => State == "up";
}
