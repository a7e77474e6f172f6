namespace Pipeline.Testing.Models;

/// <summary>Calls about images.</summary>
internal static class ImageSteps
{
    private const string Images = "/image/v2/images";
    private const string Patch = "application/openstack-images-v2.1-json-patch";
    private static readonly string[] Visibilities = ["private", "private", "public", "community", "shared"];

    public static readonly IReadOnlyList<StepKind> All =
    [
        new("create image", 4, Create),
        new("upload image", 4, Upload),
        new("show image", 3, Show),
        new("change visibility", 3, ChangeVisibility),
        new("protect image", 2, Protect),
        new("delete image", 3, Delete),
    ];

    private static Call Create(Asking ask)
    {
        var (estate, caller) = (ask.Estate, ask.Caller);
        var visibility = Visibilities[ask.Step.How % Visibilities.Length];
        ask.Needs(Rank.Member);
        ask.RefusedIf(visibility == "public" && !caller.IsAdmin, 403);
        var body = $$"""
            {"name": "i{{ask.Step.How}}", "disk_format": "raw", "container_format": "bare", "visibility": "{{visibility}}"}
            """;
        return ask.Call(
            "POST",
            Images,
            body,
            201,
            answer => estate.Images.Add(new(answer.Text("id"), caller.Project) { Visibility = visibility })
        );
    }

    /// <summary>An image's file is sent once.</summary>
    private static Call? Upload(Asking ask)
    {
        if (About(ask, Rank.Member, mine: true) is not { } it)
            return null;
        ask.RefusedIf(it.Image is { IsActive: true }, 409);
        return ask.Call("PUT", $"{it.Path}/file", new string('x', 512), 204, _ => it.Image!.IsActive = true) with
        {
            ContentType = "application/octet-stream",
        };
    }

    private static Call? Show(Asking ask) =>
        About(ask, Rank.Reader, mine: false) is { } it ? ask.Call("GET", it.Path, "", 200) : null;

    private static Call? ChangeVisibility(Asking ask)
    {
        if (About(ask, Rank.Member, mine: true) is not { } it)
            return null;
        var visibility = Visibilities[ask.Step.How % Visibilities.Length];
        ask.RefusedIf(visibility == "public" && !ask.Caller.IsAdmin && it.Image is not { Visibility: "public" }, 403);
        return Change(ask, it.Path, "visibility", $"\"{visibility}\"", () => it.Image!.Visibility = visibility);
    }

    private static Call? Protect(Asking ask)
    {
        if (About(ask, Rank.Member, mine: true) is not { } it)
            return null;
        var on = ask.Step.How % 3 == 0;
        return Change(ask, it.Path, "protected", on ? "true" : "false", () => it.Image!.IsProtected = on);
    }

    private static Call Change(Asking ask, string path, string name, string value, Action effect) =>
        ask.Call(
            "PATCH",
            path,
            $$"""[{"op": "replace", "path": "/{{name}}", "value": {{value}}}]""",
            200,
            _ => effect()
        ) with
        {
            ContentType = Patch,
        };

    private static Call? Delete(Asking ask)
    {
        if (About(ask, Rank.Member, mine: true) is not { } it)
            return null;
        ask.RefusedIf(it.Image is { IsProtected: true }, 403);
        return ask.Call("DELETE", it.Path, "", 204, _ => ask.Estate.Remove(ask.Estate.Images, it.Image!)) with
        {
            Settles = true,
        };
    }

    private static (string Path, AnImage? Image)? About(Asking ask, Rank rank, bool mine)
    {
        var (id, image) = ask.Estate.Pick(ask.Estate.Images, ask.Step.Which, ask.Caller);
        if (id.Length == 0 || (image is { Stays: true } && mine && ask.Caller.IsAdmin))
            return null;
        ask.Needs(rank);
        ask.RefusedIf(image is null || !Estate.Sees(ask.Caller, image), 404);
        ask.RefusedIf(
            image is not null && mine && Estate.Sees(ask.Caller, image) && !Estate.Owns(ask.Caller, image),
            403
        );
        return ($"{Images}/{id}", image);
    }
}
