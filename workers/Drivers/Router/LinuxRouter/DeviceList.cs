using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Drivers.Router.LinuxRouter;

/// <summary>A device, and its IPv4 addresses with their prefix lengths.</summary>
internal sealed record Device(string Name, string? Mac, IReadOnlyList<string> Addresses);

/// <summary>The devices of a namespace, and its routes, as iproute2 tells of them.</summary>
internal sealed class DeviceList(Command command)
{
    public async Task<IReadOnlyList<Device>> ListAsync(string? space, CancellationToken ct)
    {
        string[] within = space is null ? [] : ["-netns", space];
        var json = await command.RunAsync(new Invocation("ip", [.. within, "-json", "address", "show"]), ct);
        var told =
            json.Trim().Length == 0 ? [] : JsonSerializer.Deserialize(json, RouterJson.Default.ToldDeviceArray) ?? [];
        return
        [
            .. told.Select(d => new Device(
                d.Name,
                d.Mac,
                [.. (d.Addresses ?? []).Where(a => a.Family == "inet").Select(a => $"{a.Local}/{a.Length}")]
            )),
        ];
    }
}

internal sealed record ToldDevice(
    [property: JsonPropertyName("ifname")] string Name,
    [property: JsonPropertyName("address")] string? Mac,
    [property: JsonPropertyName("addr_info")] ToldAddress[]? Addresses
);

internal sealed record ToldAddress(
    [property: JsonPropertyName("family")] string Family,
    [property: JsonPropertyName("local")] string Local,
    [property: JsonPropertyName("prefixlen")] int Length
);

internal sealed record ToldRoute(
    [property: JsonPropertyName("dst")] string Destination,
    [property: JsonPropertyName("gateway")] string? NextHop
);

[JsonSerializable(typeof(ToldDevice[]))]
[JsonSerializable(typeof(ToldRoute[]))]
internal sealed partial class RouterJson : JsonSerializerContext;
