using System.Security.Cryptography;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Backups;

/// <summary>
/// A host keeps a part of a backup that it was told to make: a block by its sum, or the list of all. The same again is success. A volume that
/// moves leaves its host in the same way, under the name that it is to have.
/// </summary>
internal sealed class KeepBackupPart(Database db, BackupBlobs backups)
{
    /// <summary>Of a list of blocks, which is the largest; 64 MiB tell of more than 3 TiB that are not zeros.</summary>
    private const int Largest = 64 << 20;

    [Function("volume-host-keep-backup"), Policy("hosts:backups", Require.Host), Answers(204), BodyLimit(Largest)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "hosts/v1/{host}/backups/{backup}/{part}")]
            HttpRequest request,
        HostId host,
        BackupId backup,
        string part,
        CancellationToken ct
    )
    {
        if (!BackupBlobs.IsPart(part))
            throw Fault.BadRequest($"'{part}' names no part of a backup.");
        if (
            !await db.ReadAsync(async tx =>
                await tx.IsWrittenByAsync(backup, host)
                || await tx.IsCopiedByAsync(new(backup.Value), host, writes: true)
            )
        )
            throw Fault.NotFound($"Host {host} is not to write a backup {backup}.");
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, ct);
        if (part != BackupBlobs.Manifest && SumOf(body) != part)
            throw Fault.BadRequest("The block is not the one that it is named after.");
        body.Position = 0;
        await backups.Blobs.PutAsync(BackupBlobs.NameOf(backup, part), body, ct: ct);
        return Answer.NoContent();
    }

    private static string SumOf(MemoryStream body) =>
        Convert.ToHexStringLower(SHA256.HashData(body.GetBuffer().AsSpan(0, (int)body.Length)));
}
