using System.Buffers;
using System.Text;

namespace Pipeline.Runtime.Http;

/// <summary>Percent-decoding of one path segment: strict UTF-8, so that two spellings never mean the same name by accident.</summary>
internal static class SegmentText
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <exception cref="Fault">BadRequest when an escape is cut off or does not spell UTF-8.</exception>
    public static string Decode(ReadOnlySpan<char> raw)
    {
        if (!raw.Contains('%'))
            return raw.ToString();
        var bytes = ArrayPool<byte>.Shared.Rent(Strict.GetMaxByteCount(raw.Length));
        try
        {
            return Strict.GetString(bytes.AsSpan(0, Unescape(raw, bytes)));
        }
        catch (ArgumentException)
        {
            throw Malformed();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static int Unescape(ReadOnlySpan<char> raw, byte[] bytes)
    {
        var count = 0;
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '%')
            {
                count += Strict.GetBytes(raw.Slice(i, 1), bytes.AsSpan(count));
                continue;
            }
            if (i + 2 >= raw.Length || !char.IsAsciiHexDigit(raw[i + 1]) || !char.IsAsciiHexDigit(raw[i + 2]))
                throw Malformed();
            bytes[count++] = (byte)(Hex(raw[i + 1]) << 4 | Hex(raw[i + 2]));
            i += 2;
        }
        return count;
    }

    private static int Hex(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static Fault Malformed() => Fault.BadRequest("The path has a malformed percent-escape.");
}
