namespace Pipeline.Testing.Models;

/// <summary>Calls about volume types, and who may use those that are not public.</summary>
internal static class VolumeTypeSteps
{
    public const string Types = "/volume/v3/types";
    private const int Names = 6;

    public static readonly IReadOnlyList<StepKind> All =
    [
        new("create volume type", 2, Create) { ForAdmins = true },
        new("show volume type", 2, Show),
        new("delete volume type", 1, Delete) { ForAdmins = true },
        new("give volume type", 2, Give) { ForAdmins = true },
        new("take volume type", 1, Take) { ForAdmins = true },
    ];

    private static Call Create(Asking ask)
    {
        var (estate, name, open) = (ask.Estate, $"t{ask.Step.How % Names}", ask.Step.Other % 3 == 0);
        ask.Needs(Rank.Admin);
        ask.RefusedIf(estate.VolumeTypes.Exists(t => t.Name == name), 409);
        var body = $$$"""
            {"volume_type": {"name": "{{{name}}}", "os-volume-type-access:is_public": {{{(open ? "true" : "false")}}}}}
            """;
        return ask.Call(
            "POST",
            Types,
            body,
            200,
            answer => estate.VolumeTypes.Add(new(answer.Text("volume_type", "id"), name) { IsPublic = open })
        );
    }

    private static Call? Show(Asking ask)
    {
        if (About(ask, Rank.Reader) is not { } it)
            return null;
        ask.RefusedIf(it.Type is not null && !Estate.Sees(ask.Caller, it.Type), 404);
        return ask.Call("GET", it.Path, "", 200);
    }

    private static Call? Delete(Asking ask)
    {
        if (About(ask, Rank.Admin) is not { } it)
            return null;
        ask.RefusedIf(it.Type is { IsDefault: true } || ask.Estate.Volumes.Exists(v => v.Type == it.Type), 400);
        return ask.Call("DELETE", it.Path, "", 202, _ => ask.Estate.Remove(ask.Estate.VolumeTypes, it.Type!));
    }

    private static Call? Give(Asking ask)
    {
        if (About(ask, Rank.Admin) is not { } it)
            return null;
        var project = ProjectFor(ask);
        ask.RefusedIf(it.Type is { IsPublic: true }, 400);
        ask.RefusedIf(it.Type is { IsPublic: false } type && type.Access.Contains(project), 409);
        return Change(ask, it.Path, "addProjectAccess", project, () => it.Type!.Access.Add(project));
    }

    private static Call? Take(Asking ask)
    {
        if (About(ask, Rank.Admin) is not { } it)
            return null;
        var project = ProjectFor(ask);
        ask.RefusedIf(it.Type is { IsPublic: true }, 400);
        ask.RefusedIf(it.Type is { IsPublic: false } type && !type.Access.Contains(project), 404);
        return Change(ask, it.Path, "removeProjectAccess", project, () => it.Type!.Access.Remove(project));
    }

    private static Call Change(Asking ask, string path, string action, string project, Action effect) =>
        ask.Call("POST", $"{path}/action", $$$"""{"{{{action}}}": {"project": "{{{project}}}"}}""", 202, _ => effect());

    private static string ProjectFor(Asking ask)
    {
        var homes = ask.Estate.Homes.ToList();
        return homes[ask.Step.Other % homes.Count];
    }

    private static (string Path, AVolumeType? Type)? About(Asking ask, Rank rank)
    {
        var (id, type) = ask.Estate.Pick(ask.Estate.VolumeTypes, ask.Step.Which);
        ask.Needs(rank);
        ask.RefusedIf(type is null, 404);
        return id.Length == 0 ? null : ($"{Types}/{id}", type);
    }
}
