namespace Pipeline.Network.Hosts;

/// <summary>The name that a guest is given by DHCP: its server's, as a DNS label (RFC 1123).</summary>
internal static class GuestNames
{
    private const int Longest = 63;

    /// <param name="address">Names a guest whose server's name has no letter that a label may have.</param>
    public static string Of(string serverName, string? address)
    {
        var letters = serverName.ToLowerInvariant().Select(c => c is ' ' or '_' or '.' ? '-' : c);
        var label = new string([.. letters.Where(c => char.IsAsciiLetterOrDigit(c) || c == '-')]).Trim('-');
        if (label.Length > Longest)
            label = label[..Longest].TrimEnd('-');
        return label.Length > 0 ? label : $"host-{(address ?? "none").Replace('.', '-').Replace(':', '-')}";
    }
}
