using System.Text;
using Pipeline.Agent.Steps;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Agent.BlockStorage;

internal sealed class OpenExportHandler(VolumeBackends backends) : IStepHandler<OpenExport, VolumeConnection>
{
    public Task<VolumeConnection> RunAsync(OpenExport step, StepContext context, CancellationToken ct)
    {
        var password = context.Secret(step.Secret) is { } secret ? Encoding.UTF8.GetString(secret) : null;
        var spec = new ExportSpec(step.VolumeId, step.AttachmentId, step.Connector, step.IsReadOnly, password);
        return backends.Find<IVolumeExports>(step.Backend).EnsureExportAsync(spec, ct);
    }
}

/// <summary>Wherever the volume lies here: a backend that does not know it has nothing to close.</summary>
internal sealed class CloseExportHandler(VolumeBackends backends) : IStepHandler<CloseExport, Done>
{
    public async Task<Done> RunAsync(CloseExport step, StepContext context, CancellationToken ct)
    {
        foreach (var driver in backends.All)
            await VolumeBackends.Part<IVolumeExports>(driver).DeleteExportAsync(step.VolumeId, step.AttachmentId, ct);
        return Done.Instance;
    }
}
