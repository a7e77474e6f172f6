using System.Globalization;
using Microsoft.Extensions.Configuration;
using Pipeline.Network;
using Pipeline.Network.Types;

namespace Pipeline.Functions;

/// <summary>What an operator says of physical networks, in Neutron's words.</summary>
internal static class NetworkSettings
{
    private const int LastTag = 4094;
    private const StringSplitOptions Words = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    /// <summary>A physical network on which tenants get no tag; an admin may name any.</summary>
    private static readonly NumberRange None = new(1, 0);

    /// <exception cref="Fault">BadRequest with a sentence for the operator.</exception>
    public static NetworkOptions Of(IConfiguration settings) =>
        new() { Vlans = [.. (settings["networkVlanRanges"] ?? "").Split(',', Words).Select(VlansOf)] };

    /// <summary>`physnet1:100:199`, or the name alone.</summary>
    private static VlanRange VlansOf(string text) =>
        text.Split(':') switch
        {
            [{ Length: > 0 } physical] => new(physical, None),
            [{ Length: > 0 } physical, var first, var last]
                when Tag(first) is { } from && Tag(last) is { } to && from <= to => new(physical, new(from, to)),
            _ => throw Fault.BadRequest($"networkVlanRanges '{text}' is no range of tags, as physnet1:100:199."),
        };

    private static int? Tag(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var tag) && tag is >= 1 and <= LastTag
            ? tag
            : null;
}
