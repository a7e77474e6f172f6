using Pipeline.Agent.ControlPlane;
using Pipeline.Agent.Steps;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Agent.BlockStorage;

/// <summary>Reads the volume into a file, and sends the blocks of it that hold something and that its parent has not.</summary>
internal sealed class ReadBackupHandler(VolumeBackends backends, IVolumeFiles files, BackupPlaces places)
    : IStepHandler<ReadBackup, BackupContent>
{
    public async Task<BackupContent> RunAsync(ReadBackup step, StepContext context, CancellationToken ct)
    {
        var path = files.PathOf($"backup-{step.BackupId}");
        var parts = places.Of(step.Folder);
        try
        {
            var volume = backends.Find<IVolumeContent>(step.Backend);
            var copied = new PartialProgress(context.Progress, 0, 0.5);
            await volume.ReadImageAsync(step.VolumeId, path, "raw", copied, ct);
            var parent = step.Parent is { } of
                ? BackupManifest.Parse(await parts.FetchBackupPartAsync(step.BackupId, of, BackupManifest.Part, ct))
                : null;
            await using var file = files.OpenRead(path);
            if (step.Folder is { } folder)
                await places.FolderOf(folder).BeginAsync(step.BackupId, ct);
            var sent = new PartialProgress(context.Progress, 0.5, 1);
            return await SendAsync(file, step, parts, parent, sent, ct);
        }
        finally
        {
            files.Remove(path);
        }
    }

    private static async Task<BackupContent> SendAsync(
        Stream file,
        ReadBackup step,
        IBackupParts parts,
        BackupManifest? parent,
        IProgress<double> progress,
        CancellationToken ct
    )
    {
        var blocks = new SortedDictionary<long, BackupBlock>();
        var sent = new HashSet<string>(StringComparer.Ordinal);
        var (kept, buffer) = (0L, new byte[BackupManifest.BlockBytes]);
        for (var place = 0L; ; place++)
        {
            var read = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
            var block = buffer.AsMemory(0, read);
            if (file.Length > 0)
                progress.Report((double)file.Position / file.Length);
            if (block.Span.ContainsAnyExcept((byte)0))
            {
                var sum = BackupManifest.SumOf(block.Span);
                if (parent?.Blocks.GetValueOrDefault(place) is { } known && known.Sum == sum)
                    blocks[place] = known;
                else
                {
                    blocks[place] = new(step.BackupId, sum);
                    if (sent.Add(sum))
                    {
                        await parts.SendBackupPartAsync(step.BackupId, sum, block, ct);
                        kept += read;
                    }
                }
            }
            if (read < buffer.Length)
                break;
        }
        var list = new BackupManifest(step.Gib << 30, blocks).ToBytes();
        await parts.SendBackupPartAsync(step.BackupId, BackupManifest.Part, list, ct);
        return new(BackupManifest.SumOf(list), sent.Count, kept);
    }
}

/// <summary>Puts a backup together as a file, each block compared with its sum, and fills the volume with it.</summary>
internal sealed class WriteBackupHandler(VolumeBackends backends, IVolumeFiles files, BackupPlaces places)
    : IStepHandler<WriteBackup, Done>
{
    public async Task<Done> RunAsync(WriteBackup step, StepContext context, CancellationToken ct)
    {
        var path = files.PathOf($"restore-{step.VolumeId}");
        var parts = places.Of(step.Folder);
        try
        {
            var text = await parts.FetchBackupPartAsync(step.BackupId, step.BackupId, BackupManifest.Part, ct);
            var manifest = BackupManifest.Parse(text, step.Manifest);
            await using (var file = files.Create(path, manifest.Bytes))
                await FillAsync(
                    file,
                    step.BackupId,
                    parts,
                    manifest,
                    new PartialProgress(context.Progress, 0, 0.5),
                    ct
                );
            var image = new CachedImage(new ImageId(step.BackupId.Value), path, "raw");
            var written = new PartialProgress(context.Progress, 0.5, 1);
            await backends.Find<IVolumeContent>(step.Backend).WriteImageAsync(step.VolumeId, image, written, ct);
        }
        finally
        {
            files.Remove(path);
        }
        return Done.Instance;
    }

    private static async Task FillAsync(
        Stream file,
        BackupId backup,
        IBackupParts parts,
        BackupManifest manifest,
        IProgress<double> progress,
        CancellationToken ct
    )
    {
        var filled = 0;
        foreach (var (place, block) in manifest.Blocks)
        {
            progress.Report((double)filled++ / manifest.Blocks.Count);
            var bytes = await parts.FetchBackupPartAsync(backup, block.Owner, block.Sum, ct);
            if (BackupManifest.SumOf(bytes) != block.Sum)
                throw Fault.BadRequest($"block {place} of backup {backup} is damaged: its sum is another one");
            file.Position = place * BackupManifest.BlockBytes;
            await file.WriteAsync(bytes, ct);
        }
    }
}

/// <summary>Removes what this host's folder keeps of a backup. One that has another folder now reaches nothing of it.</summary>
internal sealed class RemoveBackupHandler(BackupPlaces places) : IStepHandler<RemoveBackup, Done>
{
    public async Task<Done> RunAsync(RemoveBackup step, StepContext context, CancellationToken ct)
    {
        if (places.Has(step.Folder))
            await places.FolderOf(step.Folder).RemoveAsync(step.BackupId, ct);
        return Done.Instance;
    }
}
