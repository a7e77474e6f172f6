using System.Collections.Immutable;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers;

/// <param name="Content">A word for what it holds; empty for a blank one.</param>
/// <param name="Snapshots">By the snapshot's id.</param>
/// <param name="Exports">By the attachment's id.</param>
public sealed record FakeVolume(
    VolumeSpec Spec,
    string Content,
    ImmutableSortedDictionary<string, FakeSnapshot> Snapshots,
    ImmutableSortedDictionary<string, ExportSpec> Exports
)
{
    public static ImmutableSortedDictionary<string, FakeSnapshot> NoSnapshots { get; } =
        ImmutableSortedDictionary.Create<string, FakeSnapshot>(StringComparer.Ordinal);

    public static ImmutableSortedDictionary<string, ExportSpec> NoExports { get; } =
        ImmutableSortedDictionary.Create<string, ExportSpec>(StringComparer.Ordinal);
}

public sealed record FakeSnapshot(string Content, long Bytes);

/// <summary>A file that a volume is filled from, or was read into.</summary>
public sealed record FakeFile(string Content, long Bytes, string Format);

/// <param name="Unfit">Why no volume can be made of it.</param>
public sealed record FakeUnmanaged(string Content, long Bytes, string? Unfit = null);
