namespace Pipeline.Testing.Models;

/// <summary>Calls about flavors, and about key pairs.</summary>
internal static class FlavorSteps
{
    private const string Flavors = "/compute/v2.1/flavors";
    private const string Keypairs = "/compute/v2.1/os-keypairs";
    private const int Names = 12;

    private const string PublicKey =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJQnm6X6kEKu0WZmm4sPWZ0wAwtnBx0N0dZ7rTdPZ9sN tenant";

    public static readonly IReadOnlyList<StepKind> All =
    [
        new("create flavor", 2, Create) { ForAdmins = true },
        new("show flavor", 3, Show),
        new("delete flavor", 1, Delete) { ForAdmins = true },
        new("give flavor", 2, Give) { ForAdmins = true },
        new("take flavor", 2, Take) { ForAdmins = true },
        new("create keypair", 3, CreateKeypair),
        new("show keypair", 2, ShowKeypair),
        new("delete keypair", 2, DeleteKeypair),
    ];

    private static Call Create(Asking ask)
    {
        var (estate, how) = (ask.Estate, ask.Step.How);
        var (id, vcpus, ram, open) = ($"f{how % Names}", 1 + (how % 3), 64 * (1 + (how % 4)), how % 3 > 0);
        ask.Needs(Rank.Admin);
        ask.RefusedIf(estate.Flavors.Exists(f => f.Id == id), 409);
        var body = $$$"""
            {"flavor": {"id": "{{{id}}}", "name": "{{{id}}}", "vcpus": {{{vcpus}}}, "ram": {{{ram}}}, "disk": 1,
             "os-flavor-access:is_public": {{{(open ? "true" : "false")}}}}}
            """;
        return ask.Call(
            "POST",
            Flavors,
            body,
            200,
            _ =>
            {
                estate.Flavors.Add(new(id, vcpus, ram) { IsPublic = open });
                if (estate.Gone.TryGetValue(typeof(AFlavor), out var gone))
                    gone.Remove(id);
            }
        );
    }

    private static Call? Show(Asking ask)
    {
        if (About(ask, Rank.Reader) is not { } it)
            return null;
        ask.RefusedIf(it.Flavor is not null && !Estate.Sees(ask.Caller, it.Flavor), 404);
        return ask.Call("GET", it.Path, "", 200);
    }

    private static Call? Delete(Asking ask) =>
        About(ask, Rank.Admin) is { } it && it.Flavor is not { Id: "small" or "huge" }
            ? ask.Call("DELETE", it.Path, "", 202, _ => ask.Estate.Remove(ask.Estate.Flavors, it.Flavor!))
            : null;

    private static Call? Give(Asking ask)
    {
        if (About(ask, Rank.Admin) is not { } it)
            return null;
        var project = ProjectFor(ask);
        ask.RefusedIf(it.Flavor is { } flavor && (flavor.IsPublic || flavor.Access.Contains(project)), 409);
        return Change(ask, it.Path, "addTenantAccess", project, () => it.Flavor!.Access.Add(project));
    }

    private static Call? Take(Asking ask)
    {
        if (About(ask, Rank.Admin) is not { } it)
            return null;
        var project = ProjectFor(ask);
        ask.RefusedIf(it.Flavor is { } flavor && !flavor.Access.Contains(project), 404);
        return Change(ask, it.Path, "removeTenantAccess", project, () => it.Flavor!.Access.Remove(project));
    }

    private static Call Change(Asking ask, string path, string action, string project, Action effect) =>
        ask.Call("POST", $"{path}/action", $$$"""{"{{{action}}}": {"tenant": "{{{project}}}"}}""", 200, _ => effect());

    private static string ProjectFor(Asking ask)
    {
        var homes = ask.Estate.Homes.ToList();
        return homes[ask.Step.Other % homes.Count];
    }

    private static (string Path, AFlavor? Flavor)? About(Asking ask, Rank rank)
    {
        var (id, flavor) = ask.Estate.Pick(ask.Estate.Flavors, ask.Step.Which);
        ask.Needs(rank);
        ask.RefusedIf(flavor is null, 404);
        return id.Length == 0 ? null : ($"{Flavors}/{id}", flavor);
    }

    /// <summary>A reader may have keys, too: they are the user's.</summary>
    private static Call CreateKeypair(Asking ask)
    {
        var (estate, pair) = (ask.Estate, PairFor(ask));
        ask.Needs(Rank.Reader);
        ask.RefusedIf(estate.Keypairs.Contains(pair), 409);
        var body = $$$"""{"keypair": {"name": "{{{pair.Name}}}", "public_key": "{{{PublicKey}}}"}}""";
        return ask.Call("POST", Keypairs, body, 200, _ => estate.Keypairs.Add(pair));
    }

    private static Call ShowKeypair(Asking ask)
    {
        var pair = PairFor(ask);
        ask.Needs(Rank.Reader);
        ask.RefusedIf(!ask.Estate.Keypairs.Contains(pair), 404);
        return ask.Call("GET", $"{Keypairs}/{pair.Name}", "", 200);
    }

    private static Call DeleteKeypair(Asking ask)
    {
        var pair = PairFor(ask);
        ask.Needs(Rank.Reader);
        ask.RefusedIf(!ask.Estate.Keypairs.Contains(pair), 404);
        return ask.Call("DELETE", $"{Keypairs}/{pair.Name}", "", 202, _ => ask.Estate.Keypairs.Remove(pair));
    }

    private static AKeypair PairFor(Asking ask) => new(ask.Caller.Id, $"k{ask.Step.Which % 5}");
}
