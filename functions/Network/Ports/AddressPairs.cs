using Pipeline.Network.Ipam;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Ports;

/// <param name="Mac">Empty for the port's own.</param>
internal sealed record AddressPair(string Mac, string Prefix);

/// <summary>What else a port may send from, as a body says it and as it is stored. Pure.</summary>
internal static class AddressPairs
{
    /// <summary>As in Neutron.</summary>
    private const int Most = 10;

    /// <summary>As it is stored; empty for none.</summary>
    /// <exception cref="Fault">BadRequest by Neutron's names.</exception>
    public static string Read(Field field)
    {
        if (field.IsNull)
            return "";
        var asked = field.Array().Select(f => One(f.Object())).ToList();
        if (asked.Count > Most)
            throw NeutronFault.Bad(
                "AllowedAddressPairExhausted",
                $"The number of allowed address pair exceeds the maximum {Most}."
            );
        if (asked.GroupBy(p => p).FirstOrDefault(g => g.Count() > 1)?.Key is { } twice)
            throw NeutronFault.Bad(
                "DuplicateAddressPairInRequest",
                $"Request contains duplicate address pair: mac_address {twice.Mac} ip_address {twice.Prefix}."
            );
        return string.Join(',', asked.Select(p => $"{p.Mac}={p.Prefix}"));
    }

    public static IReadOnlyList<AddressPair> Of(PortRow port) =>
        [
            .. port
                .AddressPairs.Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(p => p.Split('='))
                .Select(p => new AddressPair(p[0].Length > 0 ? p[0] : port.MacAddress, p[1])),
        ];

    /// <exception cref="Fault">Conflict for pairs of a port that is not filtered.</exception>
    public static void Check(string pairs, bool secured)
    {
        if (pairs.Length > 0 && !secured)
            throw Fault.Conflict(
                "Port Security must be enabled in order to have allowed address pairs on a port.",
                "AddressPairAndPortSecurityRequired"
            );
    }

    private static AddressPair One(Fields pair)
    {
        var unknown = pair.Entries().Select(e => e.Name).Except(["mac_address", "ip_address"]).ToList();
        if (unknown.Count > 0)
            throw Fault.BadRequest($"Unrecognized attribute(s) '{string.Join(", ", unknown)}'");
        if (pair.Nullable("ip_address")?.String() is not { } text)
            throw NeutronFault.Bad("AllowedAddressPairsMissingIP", "AllowedAddressPair must contain ip_address");
        if (!Cidr.TryParse(text, out var prefix))
            throw NeutronFault.Invalid("allowed_address_pairs", $"'{text}' is not a valid IP subnet.");
        return new(NewPort.MacOf(pair) ?? "", text.Contains('/') ? prefix.ToString() : prefix.First.ToString());
    }
}
