namespace Pipeline.Testing.Models;

/// <summary>Calls about quotas, and what must not count twice.</summary>
internal static class QuotaSteps
{
    private const string ComputeSets = "/compute/v2.1/os-quota-sets";
    private const string StorageSets = "/volume/v3/os-quota-sets";
    private const string NetworkQuotas = "/network/v2.0/quotas";

    public static readonly IReadOnlyList<StepKind> All =
    [
        new("limit servers", 1, ask => Limit(ask, Estate.Computed, ComputeSets, "quota_set")) { ForAdmins = true },
        new("limit networks", 3, ask => Limit(ask, Estate.Networked, NetworkQuotas, "quota")) { ForAdmins = true },
        new("limit volumes", 2, ask => Limit(ask, Estate.Stored, StorageSets, "quota_set")) { ForAdmins = true },
        new("unlimit servers", 2, UnlimitServers) { ForAdmins = true },
        new("unlimit networks", 2, UnlimitNetworks) { ForAdmins = true },
        new("unlimit volumes", 3, UnlimitVolumes) { ForAdmins = true },
        new("show quota set", 2, ask => Show(ask, ComputeSets)),
        new("show volume quota set", 1, ask => Show(ask, StorageSets)),
        new("show quota", 2, ask => Show(ask, NetworkQuotas)),
        new("repeat a create", 4, Repeat),
    ];

    /// <summary>A little more than what is used, none at all, or fewer than there are: those stay.</summary>
    private static Call Limit(Asking ask, IReadOnlyList<string> resources, string path, string name)
    {
        var (estate, project) = (ask.Estate, ProjectFor(ask));
        var resource = resources[ask.Step.Other % resources.Count];
        var used = estate.Used(project, resource);
        var limit = (ask.Step.How % 5) switch
        {
            0 => -1,
            1 => Math.Max(0, used - 1),
            _ => used + (ask.Step.How % 7 * (resource == "ram" ? 64 : 1)),
        };
        ask.Needs(Rank.Admin);
        return ask.Call(
            "PUT",
            $"{path}/{project}",
            $$$"""{"{{{name}}}": {"{{{resource}}}": {{{limit}}}}}""",
            200,
            _ => estate.Limits[(project, resource)] = limit
        );
    }

    private static Call UnlimitServers(Asking ask)
    {
        var (estate, project) = (ask.Estate, ProjectFor(ask));
        ask.Needs(Rank.Admin);
        return ask.Call("DELETE", $"{ComputeSets}/{project}", "", 202, _ => Forget(estate, project, Estate.Computed));
    }

    private static Call UnlimitVolumes(Asking ask)
    {
        var (estate, project) = (ask.Estate, ProjectFor(ask));
        ask.Needs(Rank.Admin);
        return ask.Call("DELETE", $"{StorageSets}/{project}", "", 200, _ => Forget(estate, project, Estate.Stored));
    }

    private static Call UnlimitNetworks(Asking ask)
    {
        var (estate, project) = (ask.Estate, ProjectFor(ask));
        ask.Needs(Rank.Admin);
        ask.RefusedIf(!Estate.Networked.Any(r => estate.Limits.ContainsKey((project, r))), 404);
        return ask.Call(
            "DELETE",
            $"{NetworkQuotas}/{project}",
            "",
            204,
            _ => Forget(estate, project, Estate.Networked)
        );
    }

    private static void Forget(Estate estate, string project, IReadOnlyList<string> resources)
    {
        foreach (var resource in resources)
            estate.Limits.Remove((project, resource));
    }

    private static Call Show(Asking ask, string path)
    {
        var project = ProjectFor(ask);
        ask.Needs(Rank.Reader);
        ask.RefusedIf(!ask.Caller.IsAdmin && project != ask.Caller.Project, 403);
        return ask.Call("GET", $"{path}/{project}", "", 200);
    }

    /// <summary>The same call with the same key is answered the same, and makes and counts nothing more.</summary>
    private static Call? Repeat(Asking ask) =>
        ask.Estate.Last is { } made
            ? made.Call with
            {
                // What is gone again may be answered as such.
                Due = [made.Answer.Status, 404],
                Effect = again => Comparison.Same("a repeated create", [made.Id], [Made.IdOf(again)]),
                Look = null,
            }
            : null;

    private static string ProjectFor(Asking ask)
    {
        var homes = ask.Estate.Homes.ToList();
        return homes[ask.Step.Which % homes.Count];
    }
}
