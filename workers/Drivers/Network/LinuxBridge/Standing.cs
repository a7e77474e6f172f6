using System.Text.Json;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>A chain, set or map that stands in the kernel.</summary>
/// <param name="Kind">`chain`, `set` or `map`.</param>
internal sealed record Standing(string Family, string Kind, string Name)
{
    /// <summary>What has <see cref="Read"/> be told, without what is in them.</summary>
    public static readonly string[] Question = ["--json", "--terse", "list chains; list sets; list maps"];

    /// <summary>Those of our tables; each of the commands answers with a line of its own.</summary>
    public static IReadOnlyList<Standing> Read(string answer) =>
        [
            .. answer
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(line => JsonElement.Parse(line).GetProperty("nftables").EnumerateArray())
                .SelectMany(item => item.EnumerateObject())
                .Where(item => item.Value.TryGetProperty("table", out var table) && table.ValueEquals("pipeline"))
                .Where(item => item.Name is "chain" or "set" or "map")
                .Select(item => new Standing(Text(item.Value, "family"), item.Name, Text(item.Value, "name"))),
        ];

    private static string Text(JsonElement item, string property) => item.GetProperty(property).GetString() ?? "";
}
