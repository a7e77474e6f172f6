using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Volume;

/// <summary>How a volume's file is reached from a guest's host. Every member ensures; callers hold the volume's turn.</summary>
internal interface IVolumeWay
{
    /// <summary>As schedulers and clients are told.</summary>
    string Protocol { get; }

    /// <summary>Whether a volume may have several ways at once, each closed without the others.</summary>
    bool IsShared { get; }

    /// <summary>Whether who has a volume open can be told that it grew.</summary>
    bool GrowsWhileOpen { get; }

    /// <returns>What an operator has to do before it works here; null when nothing.</returns>
    Task<string?> ProblemAsync(CancellationToken ct);

    /// <exception cref="Fault">BadRequest when the connector lacks what the transport needs.</exception>
    Task<ExportRecord> PlanAsync(ExportSpec spec, CancellationToken ct);

    Task OpenAsync(ExportRecord record, VolumeFile file, CancellationToken ct);

    Task CloseAsync(ExportRecord record, VolumeFile? file, CancellationToken ct);

    VolumeConnection Describe(ExportRecord record, VolumeFile file);
}
