using System.Globalization;
using Pipeline.Data;

namespace Pipeline.Network.Ports;

/// <summary>MAC addresses in one spelling: lower case, colons.</summary>
internal static class MacAddress
{
    /// <summary>Neutron's base; the rest is drawn.</summary>
    private const string Base = "fa:16:3e";
    private const int Tries = 16;

    /// <summary>Null when the text is no address that an interface can have (zero, or a group's).</summary>
    public static string? Normal(string text)
    {
        var parts = text.Split(text.Contains('-') ? '-' : ':');
        if (parts.Length != 6)
            return null;
        var bytes = new byte[6];
        for (var i = 0; i < 6; i++)
            if (parts[i].Length != 2 || !byte.TryParse(parts[i], NumberStyles.AllowHexSpecifier, null, out bytes[i]))
                return null;
        return (bytes[0] & 1) == 1 || bytes.All(b => b == 0) ? null : string.Join(':', parts).ToLowerInvariant();
    }

    /// <summary>One that no port of the network has, tombstones included.</summary>
    public static async ValueTask<string> NewMacAsync(this Tx tx, NetworkId network, Randomness randomness)
    {
        for (var i = 0; i < Tries; i++)
        {
            var drawn = randomness.Bytes(3);
            var mac = $"{Base}:{drawn[0]:x2}:{drawn[1]:x2}:{drawn[2]:x2}";
            if (!await tx.HasMacAsync(network, mac))
                return mac;
        }
        throw new Fault(
            FaultCode.Unavailable,
            $"Unable to generate unique mac on network {network}.",
            "MacAddressGenerationFailure"
        );
    }
}
