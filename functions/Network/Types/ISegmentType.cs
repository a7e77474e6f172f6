using Pipeline.Data;

namespace Pipeline.Network.Types;

/// <summary>
/// A type driver as ML2 means it: checks what a provider network asks for, and reserves a segment in the accepting
/// transaction. It knows numbers alone; what carries the frames is the mechanism's affair.
/// </summary>
internal interface ISegmentType
{
    /// <summary>As in `provider:network_type`.</summary>
    string Name { get; }

    /// <summary>By how many bytes a frame grows on its way: a network's MTU is the underlay's less these.</summary>
    int Overhead { get; }

    /// <summary>Pure.</summary>
    /// <exception cref="Fault">BadRequest when no such segment can be.</exception>
    void Check(ProviderRequest asked);

    /// <summary>A segment that no other network has, tombstones included.</summary>
    /// <exception cref="Fault">Conflict when the one asked for is taken, or none is left.</exception>
    ValueTask<Segment> ReserveAsync(Tx tx, ProviderRequest asked);
}

internal sealed record Segment(string Type, string? PhysicalNetwork, int? SegmentationId);
