using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Volume;

/// <summary>No transport: the guest runs on the backend's own host, whose hypervisor opens the file.</summary>
/// <param name="growsWhileOpen">Whether the file can grow under the hypervisor that has it open.</param>
/// <param name="cut">
/// Puts a copy of the file in its place, so that who has it open writes to what is no volume any more; null where that
/// cannot be done in an instant.
/// </param>
internal sealed class FileWay(bool growsWhileOpen, Func<VolumeFile, CancellationToken, Task>? cut) : IVolumeWay
{
    public string Protocol => "file";

    // Who has a file open is not known to be of this attachment or of that: closing one would close all.
    public bool IsShared => false;

    public bool GrowsWhileOpen => growsWhileOpen;

    public Task<string?> ProblemAsync(CancellationToken ct) => Task.FromResult<string?>(null);

    public Task<ExportRecord> PlanAsync(ExportSpec spec, CancellationToken ct) =>
        spec.Connector.Address is { } address
            ? throw Fault.BadRequest(
                $"volume {spec.Volume} is a file of its host: a guest on another one, {address}, cannot reach it"
            )
            : Task.FromResult(new ExportRecord(spec));

    public Task OpenAsync(ExportRecord record, VolumeFile file, CancellationToken ct) => Task.CompletedTask;

    public async Task CloseAsync(ExportRecord record, VolumeFile? file, CancellationToken ct)
    {
        if (file is null || OpenFiles.HolderOf(file.Path) is not { } holder)
            return;
        if (cut is null)
            throw Fault.Conflict($"volume {file.Id} is still open in process {holder}: stop its guest first");
        await cut(file, ct);
    }

    public VolumeConnection Describe(ExportRecord record, VolumeFile file) =>
        new(
            "file",
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["path"] = file.Path,
                ["format"] = file.Format,
            }
        );
}
