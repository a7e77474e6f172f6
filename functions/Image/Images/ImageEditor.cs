using Pipeline.Data;

namespace Pipeline.Image.Images;

/// <summary>
/// Changes an image by a pure function. It is applied to what was read, and written only if nobody wrote since; else it is
/// applied again.
/// </summary>
internal sealed class ImageEditor(Database db)
{
    private const int Tries = 8;

    /// <exception cref="Fault">NotFound, Forbidden, what the change throws; Conflict when others write all the time.</exception>
    public async Task<Image> ChangeAsync(
        ImageId id,
        Caller caller,
        RequestId requestId,
        string rule,
        Func<Image, Image> change
    )
    {
        for (var i = 0; i < Tries; i++)
        {
            var read = await db.ReadAsync(tx => tx.FindOwnAsync(id, caller, rule));
            var changed = change(read);
            if (changed == read)
                return read;
            var written = await db.WriteAsync(async tx =>
            {
                if (!await tx.TrySaveImageAsync(changed))
                    return null;
                await tx.AuditAsync(caller.Audit(requestId, rule, Image.ResourceOf(id)));
                return changed with { UpdatedAt = tx.Now, Version = read.Version + 1 };
            });
            if (written is not null)
                return written;
        }
        throw Fault.Conflict($"Image {id} is being changed by others; try again.");
    }
}
