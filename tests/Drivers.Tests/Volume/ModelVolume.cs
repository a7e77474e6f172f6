using System.Collections.Immutable;
using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Volume;

/// <summary>What a volume must hold: some places of it, each with one value; 0 where nothing was written.</summary>
internal sealed class ModelVolume(int gib)
{
    public const int PerGib = 2;
    private const int MostGib = 4;

    public int Gib { get; set; } = gib;

    public ImmutableArray<byte> Slots { get; set; } = [.. new byte[PerGib * MostGib]];

    public Dictionary<SnapshotId, (int Gib, ImmutableArray<byte> Slots)> Snapshots { get; } = [];

    /// <summary>Null when it is not attached.</summary>
    public ExportSpec? Export { get; set; }

    public bool IsFree => Export is null;

    public static Mark MarkOf(int slot, byte value) => new(slot * ((1L << 30) / PerGib) + (3 << 20), value);
}
