using System.Globalization;

namespace Pipeline.Network.Ipam;

/// <summary>IPv4 addresses as numbers, the form in which they are compared, counted and stored.</summary>
internal static class Ipv4
{
    /// <summary>Dotted decimal alone. A leading zero is refused: some read it as octal.</summary>
    public static bool TryParse(string? text, out long address)
    {
        address = 0;
        var parts = (text ?? "").Split('.');
        if (parts.Length != 4)
            return false;
        foreach (var part in parts)
        {
            var plain = part.Length is > 0 and <= 3 && (part.Length == 1 || part[0] != '0');
            if (!plain || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                return false;
            address = address << 8 | value;
        }
        return true;
    }

    public static string Text(long address) =>
        $"{address >> 24 & 255}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}";
}
