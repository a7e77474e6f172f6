namespace Pipeline.Placement.Allocations;

/// <summary>How far a host may be filled. The defaults are Nova's (`initial_cpu_allocation_ratio`, `reserved_host_memory_mb`).</summary>
public sealed record Ratios(int Cpu = 4, int ReservedMemoryMib = 512);
