namespace Pipeline.Testing.Models;

/// <summary>Calls about security groups and their rules.</summary>
internal static class GroupSteps
{
    private const string Groups = "/network/v2.0/security-groups";
    private const string Rules = "/network/v2.0/security-group-rules";
    private const int FirstRules = 2;

    public static readonly IReadOnlyList<StepKind> All =
    [
        new("create group", 5, Create),
        new("show group", 2, Show),
        new("rename group", 2, Rename),
        new("delete group", 4, Delete),
        new("create rule", 6, CreateRule),
        new("show rule", 2, ShowRule),
        new("delete rule", 4, DeleteRule),
    ];

    private static Call Create(Asking ask)
    {
        var (estate, caller, taken) = (ask.Estate, ask.Caller, ask.Step.How % 15 == 0);
        ask.Needs(Rank.Member);
        ask.RefusedIf(taken, 409);
        ask.RefusedIf(estate.Lacks(caller.Project, "security_group"), 409);
        ask.RefusedIf(estate.Lacks(caller.Project, "security_group_rule", FirstRules), 409);
        var name = taken ? "default" : $"g{ask.Step.How}";
        return ask.Call(
            "POST",
            Groups,
            $$$"""{"security_group": {"name": "{{{name}}}"}}""",
            201,
            answer =>
            {
                var group = new AGroup(answer.Text("security_group", "id"), caller.Project);
                estate.Groups.Add(group);
                foreach (
                    var rule in answer
                        .Json.GetProperty("security_group")
                        .GetProperty("security_group_rules")
                        .EnumerateArray()
                )
                    estate.Rules.Add(new(rule.GetProperty("id").GetString()!, group, null));
            }
        );
    }

    private static Call? Show(Asking ask) =>
        About(ask, Rank.Reader) is { } it ? ask.Call("GET", it.Path, "", 200) : null;

    private static Call? Rename(Asking ask)
    {
        if (About(ask, Rank.Member) is not { } it)
            return null;
        ask.RefusedIf(it.Group is { IsDefault: true }, 409);
        return ask.Call("PUT", it.Path, $$$"""{"security_group": {"name": "r{{{ask.Step.How}}}"}}""", 200);
    }

    /// <summary>The default one is not drawn: an admin could delete it, and it would come again by itself.</summary>
    private static Call? Delete(Asking ask)
    {
        if (About(ask, Rank.Member) is not { } it || (it.Group is { IsDefault: true } && ask.Caller.IsAdmin))
            return null;
        var (estate, group) = (ask.Estate, it.Group);
        ask.RefusedIf(group is { IsDefault: true }, 409);
        ask.RefusedIf(group is not null && estate.Ports.Exists(p => p.Groups.Contains(group.Id)), 409);
        return ask.Call("DELETE", it.Path, "", 204, _ => estate.RemoveGroup(group!));
    }

    private static (string Path, AGroup? Group)? About(Asking ask, Rank rank)
    {
        var (id, group) = ask.Estate.Pick(ask.Estate.Groups, ask.Step.Which, ask.Caller);
        if (id.Length == 0)
            return null;
        ask.Needs(rank);
        ask.RefusedIf(group is null || !Estate.Owns(ask.Caller, group), 404);
        return ($"{Groups}/{id}", group);
    }

    private static Call? CreateRule(Asking ask)
    {
        var (estate, caller, port) = (ask.Estate, ask.Caller, 1 + (ask.Step.How % 8));
        var (id, group) = estate.Pick(estate.Groups, ask.Step.Which, ask.Caller);
        // An admin's rule in another's group would count for the admin's project.
        if (id.Length == 0 || (group is not null && caller.IsAdmin && group.Project != caller.Project))
            return null;
        ask.Needs(Rank.Member);
        ask.RefusedIf(group is null || !Estate.Owns(caller, group), 404);
        ask.RefusedIf(estate.Lacks(caller.Project, "security_group_rule"), 409);
        ask.RefusedIf(estate.Rules.Exists(r => r.Group == group && r.What == port), 409);
        var body = $$$"""
            {"security_group_rule": {"security_group_id": "{{{id}}}", "direction": "ingress", "ethertype": "IPv4",
             "protocol": "tcp", "port_range_min": {{{port}}}, "port_range_max": {{{port}}}}}
            """;
        return ask.Call(
            "POST",
            Rules,
            body,
            201,
            answer => estate.Rules.Add(new(answer.Text("security_group_rule", "id"), group!, port))
        );
    }

    private static Call? ShowRule(Asking ask) =>
        AboutRule(ask, Rank.Reader) is { } it ? ask.Call("GET", it.Path, "", 200) : null;

    private static Call? DeleteRule(Asking ask) =>
        AboutRule(ask, Rank.Member) is { } it
            ? ask.Call("DELETE", it.Path, "", 204, _ => ask.Estate.Remove(ask.Estate.Rules, it.Rule!))
            : null;

    private static (string Path, ARule? Rule)? AboutRule(Asking ask, Rank rank)
    {
        var (id, rule) = ask.Estate.Pick(ask.Estate.Rules, ask.Step.Which, ask.Caller);
        if (id.Length == 0)
            return null;
        ask.Needs(rank);
        ask.RefusedIf(rule is null || !Estate.Owns(ask.Caller, rule), 404);
        return ($"{Rules}/{id}", rule);
    }
}
