using System.Text.Json;

namespace Pipeline.Testing.Models;

/// <summary>Calls about snapshots of volumes.</summary>
internal static class SnapshotSteps
{
    public const string Snapshots = "/volume/v3/snapshots";

    public static readonly IReadOnlyList<StepKind> All =
    [
        new("create snapshot", 7, Create),
        new("show snapshot", 2, Show),
        new("list snapshots", 2, List),
        new("rename snapshot", 1, Rename),
        new("delete snapshot", 4, Delete),
    ];

    /// <summary>It is of its volume's project, whoever asks for it.</summary>
    private static Call? Create(Asking ask)
    {
        var estate = ask.Estate;
        var (id, volume) = estate.Pick(estate.Volumes, ask.Step.Which, ask.Caller);
        if (id.Length == 0)
            return null;
        var (force, name) = (ask.Step.How % 2 == 0, $"p{ask.Step.How % 20}");
        ask.Needs(Rank.Member);
        ask.RefusedIf(volume is null || !Estate.Owns(ask.Caller, volume), 404);
        if (volume is not null)
        {
            ask.RefusedIf(!(volume.IsFree || (force && volume.Status == AVolume.InUse)), 400);
            ask.RefusedIf(estate.Lacks(volume.Project, "snapshots"), 413);
            ask.RefusedIf(estate.Lacks(volume.Project, "gigabytes", volume.Gib), 413);
        }
        var body = $$$"""
            {"snapshot": {"volume_id": "{{{id}}}", "name": "{{{name}}}", "force": {{{(force ? "true" : "false")}}},
             "metadata": {"m0": "v{{{ask.Step.Other % 3}}}"} } }
            """;
        return ask.Call(
            "POST",
            Snapshots,
            body,
            202,
            answer =>
            {
                var made = new ASnapshot(answer.Text("snapshot", "id"), volume!, estate.Next()) { Name = name };
                made.Metadata["m0"] = $"v{ask.Step.Other % 3}";
                estate.Snapshots.Add(made);
            }
        ) with
        {
            Settles = true,
        };
    }

    private static Call? Show(Asking ask) =>
        About(ask, Rank.Reader) is { } it
            ? ask.Call(
                "GET",
                it.Path,
                "",
                200,
                answer =>
                    Comparison.Same(
                        "a snapshot that is shown",
                        [Describe(it.Snapshot!)],
                        [Describe(answer.Json.GetProperty("snapshot"))]
                    )
            )
            : null;

    /// <summary>Those of one volume, or of one name.</summary>
    private static Call? List(Asking ask)
    {
        var (estate, name) = (ask.Estate, $"p{ask.Step.Other % 20}");
        var (volume, _) = estate.Pick(estate.Volumes, ask.Step.Which, ask.Caller);
        var byVolume = ask.Step.How % 2 == 0;
        if (volume.Length == 0)
            return null;
        ask.Needs(Rank.Reader);
        var everywhere = ask.Caller.IsAdmin ? "&all_tenants=1" : "";
        return ask.Call(
            "GET",
            $"{Snapshots}?{(byVolume ? $"volume_id={volume}" : $"name={name}")}{everywhere}",
            "",
            200,
            answer =>
                Comparison.Same(
                    byVolume ? "snapshots of a volume" : "snapshots by name",
                    estate
                        .Snapshots.Where(s =>
                            Estate.Owns(ask.Caller, s) && (byVolume ? s.Volume.Id == volume : s.Name == name)
                        )
                        .Select(s => s.Id),
                    answer.Json.GetProperty("snapshots").EnumerateArray().Select(s => s.GetProperty("id").GetString()!)
                )
        );
    }

    private static Call? Rename(Asking ask)
    {
        if (About(ask, Rank.Member) is not { } it)
            return null;
        var name = $"p{ask.Step.How % 20}";
        return ask.Call(
            "PUT",
            it.Path,
            $$$"""{"snapshot": {"name": "{{{name}}}"}}""",
            200,
            _ => it.Snapshot!.Name = name
        );
    }

    private static Call? Delete(Asking ask) =>
        About(ask, Rank.Member) is { } it
            ? ask.Call("DELETE", it.Path, "", 202, _ => ask.Estate.Remove(ask.Estate.Snapshots, it.Snapshot!)) with
            {
                Settles = true,
            }
            : null;

    public static (string Path, ASnapshot? Snapshot)? About(Asking ask, Rank rank)
    {
        var (id, snapshot) = ask.Estate.Pick(ask.Estate.Snapshots, ask.Step.Which, ask.Caller);
        if (id.Length == 0)
            return null;
        ask.Needs(rank);
        ask.RefusedIf(snapshot is null || !Estate.Owns(ask.Caller, snapshot), 404);
        return ($"{Snapshots}/{id}", snapshot);
    }

    /// <summary>A snapshot as it is shown, in the model's words.</summary>
    public static string Describe(JsonElement json) =>
        string.Join(
            ' ',
            json.GetProperty("id").GetString(),
            json.GetProperty("status").GetString(),
            json.GetProperty("name").GetString(),
            json.GetProperty("volume_id").GetString(),
            json.GetProperty("size").GetInt64(),
            PairSteps.Describe(json)
        );

    public static string Describe(ASnapshot snapshot) =>
        string.Join(
            ' ',
            snapshot.Id,
            AVolume.Available,
            snapshot.Name,
            snapshot.Volume.Id,
            snapshot.Gib,
            PairSteps.Describe(snapshot.Metadata)
        );
}
