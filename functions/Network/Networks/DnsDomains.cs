using Pipeline.Network.Wire;

namespace Pipeline.Network.Networks;

/// <summary>The domain that a network gives its guests' names. Pure.</summary>
internal static class DnsDomains
{
    private const int Longest = 255;

    /// <exception cref="Fault">BadRequest for what is no whole name of a domain, with its last dot.</exception>
    public static string Read(Fields item, string absent)
    {
        if (!item.Has("dns_domain"))
            return absent;
        var domain = item.Nullable("dns_domain")?.String().ToLowerInvariant() ?? "";
        return domain.Length == 0 || IsWhole(domain)
            ? domain
            : throw NeutronFault.Invalid("dns_domain", $"'{domain}' is not a FQDN.");
    }

    /// <summary>As hosts are told it; null for the cloud's own.</summary>
    public static string? Told(NetworkRow network) => network.DnsDomain.Length == 0 ? null : network.DnsDomain[..^1];

    /// <summary>A guest's whole name.</summary>
    /// <param name="domain">The network's, empty for the cloud's.</param>
    public static string Whole(string name, string domain) =>
        $"{name}.{(domain.Length == 0 ? $"{NetworkOptions.Domain}." : domain)}";

    private static bool IsWhole(string domain) =>
        domain.Length <= Longest && domain.EndsWith('.') && domain[..^1].Split('.').All(IsLabel);

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
        && label[0] != '-'
        && label[^1] != '-';
}
