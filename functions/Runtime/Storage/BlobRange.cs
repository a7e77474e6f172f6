using Pipeline.Contracts;

namespace Pipeline.Runtime.Storage;

/// <summary>The part of a blob that is asked for: from 0 or more, 1 byte or more.</summary>
internal static class BlobRange
{
    /// <summary>The range header's value; null for the whole blob, since an empty one has no valid range.</summary>
    public static string? Header(long offset, long? count)
    {
        Check(offset, count);
        return (offset, count) switch
        {
            (0, null) => null,
            (_, null) => $"bytes={offset}-",
            var (from, length) => $"bytes={from}-{from + Math.Min(length.Value, long.MaxValue - from) - 1}",
        };
    }

    public static void Check(long offset, long? count)
    {
        if (offset < 0 || count <= 0)
            throw Fault.BadRequest($"No part of a blob is {count} bytes long at {offset}.");
    }
}
