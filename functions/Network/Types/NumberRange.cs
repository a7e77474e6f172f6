using Pipeline.Data;

namespace Pipeline.Network.Types;

/// <summary>Numbers from the first to the last, both included, of which tenants' networks get the next free one.</summary>
public sealed record NumberRange(int First, int Last)
{
    /// <summary>One number that no network has; null when all are taken. Numbers are used again as late as can be.</summary>
    internal async ValueTask<int?> NextAsync(Tx tx, string type, string physical)
    {
        var next = await tx.TakeCursorAsync(type, physical);
        var begin = next >= First && next <= Last ? next : First;
        var found = await FreeAsync(tx, type, physical, begin) ?? await FreeAsync(tx, type, physical, First);
        if (found is { } id)
            await tx.SetCursorAsync(type, physical, id + 1L);
        return found;
    }

    private async ValueTask<int?> FreeAsync(Tx tx, string type, string physical, long from)
    {
        var free = await tx.HasSegmentAsync(type, physical, from)
            ? await tx.FirstFreeAfterAsync(type, physical, from)
            : from;
        return free <= Last ? (int)free : null;
    }
}
