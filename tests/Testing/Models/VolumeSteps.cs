using System.Text.Json;
using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Models;

/// <summary>Calls about volumes. What a call begins has ended before the next one.</summary>
internal static class VolumeSteps
{
    public const string Volumes = "/volume/v3/volumes";

    public static readonly IReadOnlyList<StepKind> All =
    [
        new("create volume", 12, Create),
        new("show volume", 3, Show),
        new("list volumes", 3, List),
        new("sum volumes", 1, Sum),
        new("rename volume", 1, Rename),
        new("extend volume", 3, Extend),
        new("set bootable", 1, SetBootable),
        new("set read-only", 1, SetReadOnly),
        new("reset volume", 2, Reset) { ForAdmins = true },
        new("retype volume", 3, Retype),
        new("revert volume", 3, Revert),
        new("delete volume", 5, Delete),
        new("force-delete volume", 1, ForceDelete) { ForAdmins = true },
    ];

    private static Call Create(Asking ask)
    {
        var (estate, caller, step) = (ask.Estate, ask.Caller, ask.Step);
        var source = VolumeSource.Of(ask);
        ask.Needs(Rank.Member);
        source.Check(ask);
        var (type, ofType) = TypeFor(ask, source.Type);
        var gib = source.Gib ?? 1 + (step.Other % 4);
        ask.RefusedIf(gib < source.Least, 400);
        ask.RefusedIf(estate.Lacks(caller.Project, "volumes"), 413);
        ask.RefusedIf(estate.Lacks(caller.Project, "gigabytes", gib), 413);
        var (name, pair) = ($"v{step.How % 20}", step.How % 3 == 0);
        var metadata = pair ? $$""", "metadata": {"m0": "v{{step.Other % 3}}"}""" : "";
        var size = source.Gib is null ? $$""", "size": {{gib}}""" : "";
        return ask.Call(
            "POST",
            Volumes,
            $$$"""{"volume": {"name": "{{{name}}}"{{{size}}}{{{source.Json}}}{{{ofType}}}{{{metadata}}}}}""",
            202,
            answer =>
            {
                var made = new AVolume(answer.Text("volume", "id"), caller.Project, gib, type)
                {
                    Name = name,
                    IsBootable = source.IsBootable,
                };
                if (pair)
                    made.Metadata["m0"] = $"v{step.Other % 3}";
                estate.Volumes.Add(made);
            }
        ) with
        {
            Settles = true,
        };
    }

    /// <summary>Its own, or its source's, or the one that holds where none is named; and what its order says of it.</summary>
    private static (AVolumeType Type, string Json) TypeFor(Asking ask, AVolumeType? inherited)
    {
        var (estate, usual) = (ask.Estate, ask.Estate.VolumeTypes.First(t => t.IsDefault));
        if (ask.Step.Which % 5 > 0)
            return (inherited ?? usual, "");
        var (id, type) = estate.Pick(estate.VolumeTypes, ask.Step.Which / 5);
        ask.RefusedIf(type is null || !Estate.Sees(ask.Caller, type), 404);
        return (type ?? usual, $$""", "volume_type": "{{id}}" """);
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
                        "a volume that is shown",
                        [Describe(it.Volume!)],
                        [Describe(answer.Json.GetProperty("volume"))]
                    )
            )
            : null;

    private static Call List(Asking ask)
    {
        var (filter, passes) = FilterFor(ask);
        ask.Needs(Rank.Reader);
        var everywhere = ask.Caller.IsAdmin ? "&all_tenants=1" : "";
        return ask.Call(
            "GET",
            $"{Volumes}?{filter}{everywhere}",
            "",
            200,
            answer =>
                Comparison.Same(
                    $"volumes by {filter.Split('=')[0]}",
                    ask.Estate.Volumes.Where(v => Estate.Owns(ask.Caller, v) && passes(v)).Select(v => v.Id),
                    answer.Json.GetProperty("volumes").EnumerateArray().Select(v => v.GetProperty("id").GetString()!)
                )
        );
    }

    private static (string Query, Func<AVolume, bool> Passes) FilterFor(Asking ask)
    {
        var (number, status) = (ask.Step.Other, ask.Step.Which % 3 == 0 ? AVolume.InUse : AVolume.Available);
        return (ask.Step.How % 4) switch
        {
            0 => ($"status={status}", v => v.Status == status),
            1 => ($"name=v{number % 20}", v => v.Name == $"v{number % 20}"),
            2 => (number % 2 == 0 ? "bootable=true" : "bootable=false", v => v.IsBootable == (number % 2 == 0)),
            _ => (
                $"metadata={Uri.EscapeDataString($$"""{"m0": "v{{number % 3}}"}""")}",
                v => v.Metadata.GetValueOrDefault("m0") == $"v{number % 3}"
            ),
        };
    }

    private static Call Sum(Asking ask)
    {
        ask.Needs(Rank.Reader);
        var own = ask.Estate.Volumes.Where(v => v.Project == ask.Caller.Project).ToList();
        return ask.Call(
            "GET",
            $"{Volumes}/summary",
            "",
            200,
            answer =>
                Comparison.Same(
                    "the sum of volumes",
                    [$"{own.Count} of {own.Sum(v => v.Gib)}"],
                    [$"{answer.Text("volume-summary", "total_count")} of {answer.Text("volume-summary", "total_size")}"]
                )
        );
    }

    private static Call? Rename(Asking ask)
    {
        if (About(ask, Rank.Member) is not { } it)
            return null;
        var name = $"v{ask.Step.How % 20}";
        return ask.Call("PUT", it.Path, $$$"""{"volume": {"name": "{{{name}}}"}}""", 200, _ => it.Volume!.Name = name);
    }

    private static Call? Extend(Asking ask)
    {
        if (About(ask, Rank.Member) is not { } it)
            return null;
        var (volume, gib) = (it.Volume, 1 + (ask.Step.Other % 8));
        ask.RefusedIf(volume is { Status: not (AVolume.Available or AVolume.InUse) }, 400);
        ask.RefusedIf(volume is not null && gib <= volume.Gib, 400);
        ask.RefusedIf(volume is not null && ask.Estate.Lacks(volume.Project, "gigabytes", gib - volume.Gib), 413);
        return Act(ask, it.Path, $$$"""{"os-extend": {"new_size": {{{gib}}}}}""", 202, () => volume!.Gib = gib);
    }

    private static Call? SetBootable(Asking ask)
    {
        if (About(ask, Rank.Member) is not { } it)
            return null;
        var on = ask.Step.How % 2 == 0;
        var body = $$$"""{"os-set_bootable": {"bootable": {{{(on ? "true" : "false")}}}}}""";
        return Act(ask, it.Path, body, 200, () => it.Volume!.IsBootable = on);
    }

    private static Call? SetReadOnly(Asking ask)
    {
        if (About(ask, Rank.Member) is not { } it)
            return null;
        var on = ask.Step.How % 2 == 0;
        ask.RefusedIf(it.Volume is { IsFree: false }, 400);
        var body = $$$"""{"os-update_readonly_flag": {"readonly": {{{(on ? "true" : "false")}}}}}""";
        return Act(ask, it.Path, body, 202, () => it.Volume!.IsReadOnly = on);
    }

    /// <summary>Of one that a server has, what follows is another story.</summary>
    private static Call? Reset(Asking ask)
    {
        var status = (ask.Step.How % 5) switch
        {
            0 => "error",
            1 => "maintenance",
            _ => AVolume.Available,
        };
        return About(ask, Rank.Admin) is { } it && it.Volume is not { Server: not null }
            ? Act(
                ask,
                it.Path,
                $$$"""{"os-reset_status": {"status": "{{{status}}}"}}""",
                202,
                () => it.Volume!.Status = status
            )
            : null;
    }

    private static Call? Retype(Asking ask)
    {
        if (About(ask, Rank.Member) is not { } it)
            return null;
        var (estate, volume) = (ask.Estate, it.Volume);
        var (id, type) = estate.Pick(estate.VolumeTypes, ask.Step.Other);
        ask.RefusedIf(type is null || !Estate.Sees(ask.Caller, type), 404);
        if (volume is not null)
        {
            ask.RefusedIf(volume.Status is not (AVolume.Available or AVolume.InUse) || volume.Type == type, 400);
            // An operator gives no type to a project that may not use it.
            ask.RefusedIf(
                ask.Caller.Project != volume.Project
                    && type is { IsPublic: false }
                    && !type.Access.Contains(volume.Project),
                400
            );
        }
        var body = $$$"""{"os-retype": {"new_type": "{{{id}}}", "migration_policy": "never"}}""";
        return Act(ask, it.Path, body, 202, () => volume!.Type = type!);
    }

    /// <summary>To its newest snapshot alone, and while it is as large as then.</summary>
    private static Call? Revert(Asking ask)
    {
        if (About(ask, Rank.Member) is not { } it)
            return null;
        var (estate, volume) = (ask.Estate, it.Volume);
        var own = estate.Snapshots.FindAll(s => s.Volume == volume);
        var named = own.Count > 0 && ask.Step.Other % 6 > 0 ? own[^1] : estate.Snapshots.LastOrDefault();
        if (named is null)
            return null;
        if (volume is not null)
        {
            ask.RefusedIf(own.Count == 0 || own[^1] != named || volume.Gib != named.Gib, 400);
            ask.RefusedIf(!volume.IsFree, 409);
        }
        return Act(ask, it.Path, $$$"""{"revert": {"snapshot_id": "{{{named.Id}}}"}}""", 202, () => { });
    }

    private static Call? Delete(Asking ask)
    {
        if (About(ask, Rank.Member) is not { } it)
            return null;
        var (estate, cascade) = (ask.Estate, ask.Step.How % 4 == 0);
        ask.RefusedIf(it.Volume is { Status: not (AVolume.Available or "error") }, 400);
        ask.RefusedIf(!cascade && estate.Snapshots.Exists(s => s.Volume == it.Volume), 400);
        var path = cascade ? $"{it.Path}?cascade=true" : it.Path;
        return ask.Call("DELETE", path, "", 202, _ => estate.RemoveVolume(it.Volume!)) with { Settles = true };
    }

    /// <summary>Whatever it shows; but not from under a server, nor from under its snapshots.</summary>
    private static Call? ForceDelete(Asking ask)
    {
        if (About(ask, Rank.Admin) is not { } it)
            return null;
        ask.RefusedIf(it.Volume is { Server: not null }, 400);
        ask.RefusedIf(ask.Estate.Snapshots.Exists(s => s.Volume == it.Volume), 400);
        return Act(ask, it.Path, """{"os-force_delete": {}}""", 202, () => ask.Estate.RemoveVolume(it.Volume!));
    }

    private static Call Act(Asking ask, string path, string body, int success, Action effect) =>
        ask.Call("POST", $"{path}/action", body, success, _ => effect()) with
        {
            Settles = true,
        };

    public static (string Path, AVolume? Volume)? About(Asking ask, Rank rank)
    {
        var (id, volume) = ask.Estate.Pick(ask.Estate.Volumes, ask.Step.Which, ask.Caller);
        if (id.Length == 0)
            return null;
        ask.Needs(rank);
        ask.RefusedIf(volume is null || !Estate.Owns(ask.Caller, volume), 404);
        return ($"{Volumes}/{id}", volume);
    }

    /// <summary>A volume as it is shown, in the model's words.</summary>
    public static string Describe(JsonElement json) =>
        string.Join(
            ' ',
            json.GetProperty("id").GetString(),
            json.GetProperty("status").GetString(),
            json.GetProperty("name").GetString(),
            json.GetProperty("size").GetInt64(),
            json.GetProperty("volume_type").GetString(),
            json.GetProperty("bootable").GetString(),
            string.Join(
                ',',
                json.GetProperty("attachments").EnumerateArray().Select(a => a.GetProperty("server_id").GetString())
            ),
            PairSteps.Describe(json)
        );

    public static string Describe(AVolume volume) =>
        string.Join(
            ' ',
            volume.Id,
            volume.Status,
            volume.Name,
            volume.Gib,
            volume.Type.Name,
            volume.IsBootable ? "true" : "false",
            volume.Server?.Id,
            PairSteps.Describe(volume.Metadata)
        );
}
