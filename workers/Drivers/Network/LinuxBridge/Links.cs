using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>A device as `ip -json` tells of it.</summary>
/// <param name="Address">Its Ethernet address.</param>
/// <param name="Queue">The kind of its queue, as `noqueue`.</param>
internal sealed record Link(
    [property: JsonPropertyName("ifname")] string Name,
    [property: JsonPropertyName("ifalias")] string? Alias,
    [property: JsonPropertyName("address")] string? Address,
    [property: JsonPropertyName("qdisc")] string? Queue,
    [property: JsonPropertyName("addr_info")] IReadOnlyList<LinkAddress>? Addresses
)
{
    /// <summary>Its number in its namespace; the next device of its name has another one.</summary>
    [JsonPropertyName("ifindex")]
    public int Index { get; init; }

    [JsonPropertyName("mtu")]
    public int Mtu { get; init; }
}

internal sealed record LinkAddress(
    [property: JsonPropertyName("family")] string Family,
    [property: JsonPropertyName("local")] string Local,
    [property: JsonPropertyName("prefixlen")] int Length
);

/// <summary>Devices of a namespace (null: the one guests find theirs in), many commands in one run of `ip` or `tc`.</summary>
internal sealed class Links(Command command, string? hostNamespace)
{
    public async Task<IReadOnlyList<Link>> ListAsync(string? space, CancellationToken ct)
    {
        var invocation = new Invocation("ip", [.. Within(space), "-json", "-details", "address", "show"]);
        return Read(await command.RunAsync(invocation, ct));
    }

    public Task ChangeAsync(string? space, IEnumerable<string> changes, CancellationToken ct) =>
        BatchAsync("ip", space, changes, ct);

    public Task ControlTrafficAsync(string? space, IEnumerable<string> changes, CancellationToken ct) =>
        BatchAsync("tc", space, changes, ct);

    /// <summary>The lines of `tc` by which all that comes in by one device leaves by another.</summary>
    public static IEnumerable<string> Redirect(string from, string to) =>
        [
            $"qdisc replace dev {from} clsact",
            $"filter replace dev {from} ingress pref 1 handle 800::800 protocol all u32 match u32 0 0 action mirred egress redirect dev {to}",
        ];

    private async Task BatchAsync(string program, string? space, IEnumerable<string> lines, CancellationToken ct)
    {
        var input = string.Join('\n', lines);
        if (input.Length > 0)
            await command.RunAsync(new Invocation(program, [.. Within(space), "-batch", "-"], input + "\n"), ct);
    }

    private string[] Within(string? space) => (space ?? hostNamespace) is { } name ? ["-netns", name] : [];

    // No devices at all is no text at all.
    private static IReadOnlyList<Link> Read(string json) =>
        json.Trim().Length == 0 ? [] : JsonSerializer.Deserialize(json, LinksJson.Default.IReadOnlyListLink) ?? [];
}

[JsonSerializable(typeof(IReadOnlyList<Link>))]
internal sealed partial class LinksJson : JsonSerializerContext;
