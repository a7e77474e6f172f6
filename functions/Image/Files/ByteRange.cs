using Microsoft.Net.Http.Headers;

namespace Pipeline.Image.Files;

/// <summary>A part of a file: from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
internal readonly record struct ByteRange(long First, long Last)
{
    public long Length => Last - First + 1;

    /// <summary>The one range that a request asks for; null for none, several or a malformed one: the whole is sent then.</summary>
    /// <param name="satisfiable">False when the range lies beyond the file.</param>
    public static ByteRange? Of(HttpRequest request, long size, out bool satisfiable)
    {
        satisfiable = true;
        if (
            !RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var header)
            || header.Unit != "bytes"
            || header.Ranges.Count != 1
        )
            return null;
        var asked = header.Ranges.Single();
        ByteRange range = asked.From is { } from
            ? new(from, Math.Min(asked.To ?? long.MaxValue, size - 1))
            : new(Math.Max(0, size - asked.To!.Value), size - 1);
        satisfiable = range.Length > 0;
        return satisfiable ? range : null;
    }
}
