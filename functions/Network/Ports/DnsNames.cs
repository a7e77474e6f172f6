using Pipeline.Network.Hosts;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Ports;

/// <summary>The name by which a network's other guests find a port's. Pure.</summary>
internal static class DnsNames
{
    /// <exception cref="Fault">BadRequest for what is no label (RFC 1123).</exception>
    public static string Read(Field field)
    {
        var name = field.IsNull ? "" : field.String().ToLowerInvariant();
        var isLabel =
            name.Length <= 63
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            && !name.StartsWith('-')
            && !name.EndsWith('-');
        return isLabel
            ? name
            : throw NeutronFault.Invalid(
                "dns_name",
                $"'{name}' is not a name of one label of letters, digits and hyphens."
            );
    }

    /// <summary>The name that the network's DHCP server has for the guest.</summary>
    public static string Of(PortRow port, string? address) =>
        port.DnsName.Length > 0 ? port.DnsName : GuestNames.Of(port.GuestName, address);
}
