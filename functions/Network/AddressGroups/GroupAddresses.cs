using Pipeline.Network.SecurityGroupRules;
using Pipeline.Network.Wire;

namespace Pipeline.Network.AddressGroups;

/// <summary>Addresses as a body names them: prefixes of either version, each once, host bits cleared. Pure.</summary>
internal static class GroupAddresses
{
    /// <exception cref="Fault">BadRequest naming what is no prefix.</exception>
    public static IReadOnlyList<string> Read(Fields item) =>
        [.. (item.Nullable("addresses")?.Array() ?? []).Select(f => One(f.String())).Distinct()];

    private static string One(string text) =>
        RemotePrefix.TryParse(text.Trim(), out var prefix)
            ? prefix.Normal
            : throw NeutronFault.Invalid("addresses", $"'{text}' is not a valid IP subnet.");

    public static string Listed(IEnumerable<string> addresses) =>
        $"[{string.Join(", ", addresses.Select(a => $"'{a}'"))}]";
}
