using Pipeline.Network.Ipam;

namespace Pipeline.Network.SecurityGroupRules;

/// <summary>A prefix that a rule names, of either version.</summary>
/// <param name="Text">As it is shown: as sent, a bare address with its full length.</param>
/// <param name="Normal">With its host bits cleared.</param>
internal sealed record RemotePrefix(string EtherType, string Text, string Normal)
{
    public static bool TryParse(string text, out RemotePrefix prefix)
    {
        prefix = null!;
        if (!Cidr.TryParse(text, out var cidr))
            return false;
        var shown = text.Contains('/') ? text : $"{text}/{cidr.Length}";
        prefix = new(cidr.Version == 4 ? "IPv4" : "IPv6", shown, cidr.ToString());
        return true;
    }
}
