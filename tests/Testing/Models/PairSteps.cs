using System.Text.Json;

namespace Pipeline.Testing.Models;

/// <summary>Calls about what projects keep with their volumes and snapshots.</summary>
internal static class PairSteps
{
    public static readonly IReadOnlyList<StepKind> All =
    [
        new("set volume metadata", 2, ask => Set(ask, OfVolume(ask, Rank.Member))),
        new("delete volume metadata", 1, ask => Delete(ask, OfVolume(ask, Rank.Member))),
        new("show volume metadata", 1, ask => Show(ask, OfVolume(ask, Rank.Reader))),
        new("set snapshot metadata", 2, ask => Set(ask, OfSnapshot(ask, Rank.Member))),
        new("delete snapshot metadata", 1, ask => Delete(ask, OfSnapshot(ask, Rank.Member))),
        new("show snapshot metadata", 1, ask => Show(ask, OfSnapshot(ask, Rank.Reader))),
    ];

    /// <summary>One pair, or more beside those that are there, or others in their place.</summary>
    private static Call? Set(Asking ask, (string Path, SortedDictionary<string, string>? Pairs)? about)
    {
        if (about is not var (path, pairs))
            return null;
        var (key, value) = ($"m{ask.Step.Other % 3}", $"v{ask.Step.How % 3}");
        var some = $$"""{"{{key}}": "{{value}}"}""";
        var (method, body) = (ask.Step.How % 4) switch
        {
            0 => ("PUT", $$"""{"metadata": {{some}}}"""),
            1 => ("POST", $$"""{"metadata": {{some}}}"""),
            _ => ("PUT", $$"""{"meta": {{some}}}"""),
        };
        return ask.Call(
            method,
            ask.Step.How % 4 < 2 ? path : $"{path}/{key}",
            body,
            200,
            _ =>
            {
                if (ask.Step.How % 4 == 0)
                    pairs!.Clear();
                pairs![key] = value;
            }
        );
    }

    private static Call? Delete(Asking ask, (string Path, SortedDictionary<string, string>? Pairs)? about)
    {
        if (about is not var (path, pairs))
            return null;
        var key = $"m{ask.Step.Other % 3}";
        ask.RefusedIf(pairs is not null && !pairs.ContainsKey(key), 404);
        return ask.Call("DELETE", $"{path}/{key}", "", 200, _ => pairs!.Remove(key));
    }

    private static Call? Show(Asking ask, (string Path, SortedDictionary<string, string>? Pairs)? about) =>
        about is var (path, pairs)
            ? ask.Call(
                "GET",
                path,
                "",
                200,
                answer => Comparison.Same("pairs that are shown", [Describe(pairs!)], [Describe(answer.Json)])
            )
            : null;

    private static (string, SortedDictionary<string, string>?)? OfVolume(Asking ask, Rank rank) =>
        VolumeSteps.About(ask, rank) is var (path, volume) ? ($"{path}/metadata", volume?.Metadata) : null;

    private static (string, SortedDictionary<string, string>?)? OfSnapshot(Asking ask, Rank rank) =>
        SnapshotSteps.About(ask, rank) is var (path, snapshot) ? ($"{path}/metadata", snapshot?.Metadata) : null;

    public static string Describe(SortedDictionary<string, string> pairs) =>
        string.Join(',', pairs.Select(m => $"{m.Key}={m.Value}"));

    /// <param name="json">What has `metadata`.</param>
    public static string Describe(JsonElement json) =>
        string.Join(
            ',',
            json.GetProperty("metadata")
                .EnumerateObject()
                .Select(m => $"{m.Name}={m.Value.GetString()}")
                .Order(StringComparer.Ordinal)
        );
}
