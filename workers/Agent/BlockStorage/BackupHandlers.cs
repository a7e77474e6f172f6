using Pipeline.Agent.ControlPlane;
using Pipeline.Agent.Steps;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Agent.BlockStorage;

/// <summary>Reads the volume into a file, and sends the blocks of it that hold something and that its parent has not.</summary>
internal sealed class ReadBackupHandler(VolumeBackends backends, IVolumeFiles files, IBackupParts parts)
    : IStepHandler<ReadBackup, BackupContent>
{
    private const string List = "manifest";

    public async Task<BackupContent> RunAsync(ReadBackup step, StepContext context, CancellationToken ct)
    {
        var path = files.PathOf($"backup-{step.BackupId}");
        try
        {
            var volume = backends.Find<IVolumeContent>(step.Backend);
            await volume.ReadImageAsync(step.VolumeId, path, "raw", null, ct);
            var parent = step.Parent is { } of
                ? BackupManifest.Parse(await parts.FetchBackupPartAsync(step.BackupId, of, List, ct))
                : null;
            await using var file = files.OpenRead(path);
            return await SendAsync(file, step, parent, ct);
        }
        finally
        {
            files.Remove(path);
        }
    }

    private async Task<BackupContent> SendAsync(
        Stream file,
        ReadBackup step,
        BackupManifest? parent,
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
        await parts.SendBackupPartAsync(step.BackupId, List, list, ct);
        return new(BackupManifest.SumOf(list), sent.Count, kept);
    }
}

/// <summary>Puts a backup together as a file, each block compared with its sum, and fills the volume with it.</summary>
internal sealed class WriteBackupHandler(VolumeBackends backends, IVolumeFiles files, IBackupParts parts)
    : IStepHandler<WriteBackup, Done>
{
    public async Task<Done> RunAsync(WriteBackup step, StepContext context, CancellationToken ct)
    {
        var path = files.PathOf($"restore-{step.VolumeId}");
        try
        {
            var text = await parts.FetchBackupPartAsync(step.BackupId, step.BackupId, "manifest", ct);
            var manifest = BackupManifest.Parse(text, step.Manifest);
            await using (var file = files.Create(path, manifest.Bytes))
                await FillAsync(file, step.BackupId, manifest, ct);
            var image = new CachedImage(new ImageId(step.BackupId.Value), path, "raw");
            await backends.Find<IVolumeContent>(step.Backend).WriteImageAsync(step.VolumeId, image, null, ct);
        }
        finally
        {
            files.Remove(path);
        }
        return Done.Instance;
    }

    private async Task FillAsync(Stream file, BackupId backup, BackupManifest manifest, CancellationToken ct)
    {
        foreach (var (place, block) in manifest.Blocks)
        {
            var bytes = await parts.FetchBackupPartAsync(backup, block.Owner, block.Sum, ct);
            if (BackupManifest.SumOf(bytes) != block.Sum)
                throw Fault.BadRequest($"block {place} of backup {backup} is damaged: its sum is another one");
            file.Position = place * BackupManifest.BlockBytes;
            await file.WriteAsync(bytes, ct);
        }
    }
}
