using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Models;

/// <summary>Calls about projects, users, their roles and their tokens.</summary>
internal static class IdentitySteps
{
    private const string Projects = "/identity/v3/projects";
    private const string Users = "/identity/v3/users";
    private const int Names = 5;

    public static readonly IReadOnlyList<StepKind> All =
    [
        new("create project", 2, CreateProject) { ForAdmins = true },
        new("delete project", 1, DeleteProject) { ForAdmins = true },
        new("create user", 3, CreateUser) { ForAdmins = true },
        new("delete user", 1, DeleteUser) { ForAdmins = true },
        new("grant role", 4, Grant) { ForAdmins = true },
        new("revoke role", 2, Revoke) { ForAdmins = true },
        new("log in", 4, LogIn),
        new("use token", 4, UseToken),
    ];

    private static Call CreateProject(Asking ask)
    {
        var (estate, name) = (ask.Estate, $"extra-{ask.Step.How % Names}");
        ask.Needs(Rank.Admin);
        ask.RefusedIf(estate.Projects.Exists(p => p.Name == name), 409);
        return ask.Call(
            "POST",
            Projects,
            $$$"""{"project": {"name": "{{{name}}}"}}""",
            201,
            answer => estate.Projects.Add(new(answer.Text("project", "id"), name))
        );
    }

    private static Call? DeleteProject(Asking ask)
    {
        if (ask.Estate.Projects.Count == 0)
            return null;
        var (estate, project) = (ask.Estate, Of(ask.Estate.Projects, ask.Step.Which));
        ask.Needs(Rank.Admin);
        return ask.Call(
            "DELETE",
            $"{Projects}/{project.Id}",
            "",
            204,
            _ =>
            {
                estate.Projects.Remove(project);
                foreach (var user in estate.Users)
                    Leave(user, project.Id);
            }
        );
    }

    private static Call CreateUser(Asking ask)
    {
        var (estate, name) = (ask.Estate, $"user-{ask.Step.How % Names}");
        ask.Needs(Rank.Admin);
        ask.RefusedIf(estate.Users.Exists(u => u.Name == name), 409);
        return ask.Call(
            "POST",
            Users,
            $$$"""{"user": {"name": "{{{name}}}", "password": "secret-of-{{{name}}}"}}""",
            201,
            answer => estate.Users.Add(new(answer.Text("user", "id"), name))
        );
    }

    private static Call? DeleteUser(Asking ask)
    {
        if (ask.Estate.Users.Count == 0)
            return null;
        var (estate, user) = (ask.Estate, Of(ask.Estate.Users, ask.Step.Which));
        ask.Needs(Rank.Admin);
        return ask.Call("DELETE", $"{Users}/{user.Id}", "", 204, _ => estate.Users.Remove(user));
    }

    private static Call? Grant(Asking ask)
    {
        if (Membership(ask) is not var (path, user, project))
            return null;
        ask.Needs(Rank.Admin);
        return ask.Call("PUT", path, "", 204, _ => user.Projects.Add(project));
    }

    private static Call? Revoke(Asking ask)
    {
        if (Membership(ask, taking: true) is not var (path, user, project))
            return null;
        ask.Needs(Rank.Admin);
        ask.RefusedIf(!user.Projects.Contains(project), 404);
        return ask.Call("DELETE", path, "", 204, _ => Leave(user, project));
    }

    private static (string Path, AUser User, string Project)? Membership(Asking ask, bool taking = false)
    {
        var estate = ask.Estate;
        if (estate.Users.Count == 0)
            return null;
        var user = Of(estate.Users, ask.Step.Which);
        var project = taking ? UsualFor(user, ask) : ProjectFor(ask);
        return ($"{Projects}/{project}/users/{user.Id}/roles/{estate.Role}", user, project);
    }

    /// <summary>With the password, into a project: those who have no role there are nobody there.</summary>
    private static Call? LogIn(Asking ask)
    {
        if (ask.Estate.Users.Count == 0)
            return null;
        var user = Of(ask.Estate.Users, ask.Step.Which);
        var project = UsualFor(user, ask);
        ask.RefusedIf(!user.Projects.Contains(project), 401);
        var body = $$$"""
            {"auth": {
              "identity": {"methods": ["password"], "password": {"user": {
                "name": "{{{user.Name}}}", "password": "secret-of-{{{user.Name}}}", "domain": {"id": "default"} } } },
              "scope": {"project": {"id": "{{{project}}}"} } } }
            """;
        return ask.Call("POST", "/identity/v3/auth/tokens", body, 201, answer => Keep(user, project, answer)) with
        {
            Token = "",
        };
    }

    /// <summary>A token ends with what it stood for.</summary>
    private static Call? UseToken(Asking ask)
    {
        if (ask.Estate.Users.FindAll(u => u.Token is not null) is not { Count: > 0 } some)
            return null;
        var user = Of(some, ask.Step.Which);
        ask.RefusedIf(!user.TokenIsValid, 401);
        return ask.Call("GET", "/network/v2.0/networks", "", 200, answer => Compare(ask.Estate, user, answer)) with
        {
            Token = user.Token,
        };
    }

    private static void Compare(Estate estate, AUser user, CloudAnswer answer)
    {
        var member = new ModelCaller(user.Name, Rank.Member, null, user.TokenProject);
        var due = estate.Networks.Where(n => Estate.Sees(member, n)).Select(n => n.Id);
        var found = answer.Json.GetProperty("networks").EnumerateArray().Select(n => n.GetProperty("id").GetString()!);
        Comparison.Same($"networks of {user.Name}", due, found);
    }

    private static void Keep(AUser user, string project, CloudAnswer answer) =>
        (user.Token, user.TokenProject, user.TokenIsValid) = (answer.Headers["X-Subject-Token"], project, true);

    private static void Leave(AUser user, string project)
    {
        user.Projects.Remove(project);
        if (user.TokenProject == project)
            user.TokenIsValid = false;
    }

    /// <summary>Mostly one in which the user is.</summary>
    private static string UsualFor(AUser user, Asking ask) =>
        user.Projects.Count == 0 || ask.Step.How % 4 == 0
            ? ProjectFor(ask)
            : Of([.. user.Projects.Order(StringComparer.Ordinal)], ask.Step.Other);

    private static string ProjectFor(Asking ask)
    {
        var all = ask.Estate.Homes.Concat(ask.Estate.Projects.Select(p => p.Id)).ToList();
        return all[ask.Step.Other % all.Count];
    }

    private static T Of<T>(List<T> some, int which) => some[which % some.Count];
}
