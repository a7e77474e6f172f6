using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Backups;

/// <summary>A host reads what a backup that it works on stands on, or a volume that is to lie on it; it compares each part with its sum.</summary>
internal sealed class FetchBackupPart(Database db, BackupBlobs backups)
{
    [Function("volume-host-fetch-backup"), Policy("hosts:backups", Require.Host)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hosts/v1/{host}/backups/{backup}/{owner}/{part}")]
            HttpRequest request,
        HostId host,
        BackupId backup,
        BackupId owner,
        string part,
        CancellationToken ct
    )
    {
        if (!BackupBlobs.IsPart(part))
            throw Fault.BadRequest($"'{part}' names no part of a backup.");
        if (
            !await db.ReadAsync(async tx =>
                await tx.IsReadByAsync(backup, owner, host)
                || owner == backup && await tx.IsCopiedByAsync(new(backup.Value), host, writes: false)
            )
        )
            throw Fault.NotFound($"Host {host} does not work on a backup {backup}.");
        var content = await backups.Blobs.OpenAsync(BackupBlobs.NameOf(owner, part), ct: ct);
        return Answer.Stream(200, content, null, "application/octet-stream");
    }
}
