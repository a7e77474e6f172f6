using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Drivers.Router.LinuxRouter;

/// <summary>A device, and its addresses with their prefix lengths.</summary>
internal sealed record Device(string Name, string? Mac, IReadOnlyList<string> Addresses);

/// <summary>The devices of a namespace, and its routes, as iproute2 tells of them.</summary>
internal sealed class DeviceList(Command command)
{
    public async Task<IReadOnlyList<Device>> ListAsync(string? space, CancellationToken ct)
    {
        var told = await TellAsync(space, [], ct);
        return
        [
            .. told.Select(d => new Device(
                d.Name,
                d.Mac,
                [
                    .. (d.Addresses ?? [])
                        .Where(a => a.Local is not null)
                        .Select(a => $"{IPAddress.Parse(a.Local!)}/{a.Length}"),
                ]
            )),
        ];
    }

    /// <summary>The names of those that are one end of a pair.</summary>
    public async Task<IReadOnlyList<string>> ListPairedAsync(string space, CancellationToken ct) =>
        [.. (await TellAsync(space, ["type", "veth"], ct)).Select(d => d.Name)];

    private async Task<ToldDevice[]> TellAsync(string? space, string[] which, CancellationToken ct)
    {
        string[] within = space is null ? [] : ["-netns", space];
        var json = await command.RunAsync(new Invocation("ip", [.. within, "-json", "address", "show", .. which]), ct);
        // For none, iproute2 tells of empty objects.
        var told =
            json.Trim().Length == 0 ? null : JsonSerializer.Deserialize(json, RouterJson.Default.ToldDeviceArray);
        return [.. (told ?? []).Where(d => d.Name is { Length: > 0 })];
    }
}

internal sealed record ToldDevice(
    [property: JsonPropertyName("ifname")] string Name,
    [property: JsonPropertyName("address")] string? Mac,
    [property: JsonPropertyName("addr_info")] ToldAddress[]? Addresses
);

internal sealed record ToldAddress(
    [property: JsonPropertyName("local")] string? Local,
    [property: JsonPropertyName("prefixlen")] int Length
);

internal sealed record ToldRoute(
    [property: JsonPropertyName("dst")] string Destination,
    [property: JsonPropertyName("gateway")] string? NextHop
);

[JsonSerializable(typeof(ToldDevice[]))]
[JsonSerializable(typeof(ToldRoute[]))]
internal sealed partial class RouterJson : JsonSerializerContext;
