using System.Text.Json;
using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Models;

/// <summary>Holds what the cloud lists and counts against the model.</summary>
internal sealed class Comparison(Estate estate, Func<ModelCaller, string, Task<CloudAnswer>> get)
{
    private const int Page = 7;

    /// <summary>All that each caller is shown, and all that is counted.</summary>
    public async Task WholeAsync()
    {
        foreach (var caller in estate.Callers.Where(c => c.User is not null))
            await AsShownToAsync(caller);
        foreach (var project in estate.Homes.ToList())
            await CountsAsync(project);
        await IdentityAsync();
    }

    /// <exception cref="ModelException">They are not.</exception>
    public static void Same(string what, IEnumerable<string> due, IEnumerable<string> found)
    {
        var (a, b) = (due.Order(StringComparer.Ordinal).ToList(), found.Order(StringComparer.Ordinal).ToList());
        if (a.SequenceEqual(b))
            return;
        var (missing, strange) = (a.Except(b).ToList(), b.Except(a).ToList());
        throw new ModelException(
            $"lists show what there is: {what}",
            $"missing: {string.Join("; ", missing)} too much: {string.Join("; ", strange)}, {b.Count} for {a.Count}"
        );
    }

    private async Task AsShownToAsync(ModelCaller caller)
    {
        const string network = "/network/v2.0";
        await ListAsync(caller, $"{network}/networks", "networks", estate.Networks.Where(n => Estate.Sees(caller, n)));
        await ListAsync(caller, $"{network}/subnets", "subnets", estate.Subnets.Where(s => Estate.Sees(caller, s)));
        await ListAsync(
            caller,
            $"{network}/security-groups",
            "security_groups",
            estate.Groups.Where(g => Estate.Owns(caller, g))
        );
        await ListAsync(
            caller,
            $"{network}/security-group-rules",
            "security_group_rules",
            estate.Rules.Where(r => Estate.Owns(caller, r))
        );
        await PortsAsync(caller);
        await ListAsync(caller, "/image/v2/images", "images", estate.Images.Where(i => Estate.Lists(caller, i)));
        var all = caller.IsAdmin ? "?is_public=None" : "";
        await ListAsync(
            caller,
            $"/compute/v2.1/flavors{all}",
            "flavors",
            estate.Flavors.Where(f => Estate.Sees(caller, f))
        );
        await KeypairsAsync(caller);
        await ServersAsync(caller);
        await new StorageComparison(estate, this).AsShownToAsync(caller);
    }

    /// <summary>At once, and page by page.</summary>
    public async Task ListAsync(ModelCaller caller, string path, string name, IEnumerable<Owned> due)
    {
        var ids = due.Select(d => d.Id).ToList();
        Same($"{name} of {caller}", ids, Ids(await ItemsAsync(caller, path, name)));
        var (paged, more, after) = (new List<string>(), path.Contains('?') ? '&' : '?', "");
        while (paged.Count <= ids.Count)
        {
            var page = Ids(await ItemsAsync(caller, $"{path}{more}limit={Page}{after}", name)).ToList();
            paged.AddRange(page);
            if (page.Count == 0)
                break;
            after = $"&marker={page[^1]}";
        }
        Same($"pages of {name} of {caller}", ids, paged);
    }

    private static IEnumerable<string> Ids(IEnumerable<JsonElement> items) =>
        items.Select(i => i.GetProperty("id").GetString()!);

    /// <summary>The cloud's own ports by their network: the model does not know their ids.</summary>
    private async Task PortsAsync(ModelCaller caller) =>
        Same(
            $"ports of {caller}",
            estate.Ports.Where(p => Estate.Sees(caller, p)).Select(p => p.IsDhcp ? $"dhcp {p.Network.Id}" : p.Id),
            (await ItemsAsync(caller, "/network/v2.0/ports", "ports")).Select(p =>
                p.GetProperty("device_owner").GetString() == "network:dhcp"
                    ? $"dhcp {p.GetProperty("network_id").GetString()}"
                    : p.GetProperty("id").GetString()!
            )
        );

    private async Task KeypairsAsync(ModelCaller caller) =>
        Same(
            $"key pairs of {caller}",
            estate.Keypairs.Where(k => k.User == caller.Id).Select(k => k.Name),
            (await ItemsAsync(caller, "/compute/v2.1/os-keypairs", "keypairs")).Select(k =>
                k.GetProperty("keypair").GetProperty("name").GetString()!
            )
        );

    private async Task ServersAsync(ModelCaller caller) =>
        Same(
            $"servers of {caller}",
            estate.Servers.Where(s => Estate.Owns(caller, s)).Select(ServerSteps.Describe),
            (
                await ItemsAsync(
                    caller,
                    $"/compute/v2.1/servers/detail{(caller.IsAdmin ? "?all_tenants=1" : "")}",
                    "servers"
                )
            ).Select(ServerSteps.Describe)
        );

    /// <summary>Usage is the sum of what there is, and limits are those that were set, wherever they are shown.</summary>
    private async Task CountsAsync(string project)
    {
        var (admin, own) = (estate.Callers[0], estate.Callers.First(c => c.Project == project));
        var network = await get(admin, $"/network/v2.0/quotas/{project}/details");
        var compute = await get(admin, $"/compute/v2.1/os-quota-sets/{project}/detail");
        Same(
            $"quotas of {own}",
            Estate
                .Networked.Concat(Estate.Computed)
                .Select(r => $"{r} {estate.Used(project, r)} of {estate.LimitOf(project, r)}"),
            Estate
                .Networked.Select(r => Counted(r, network.Must(200).Json.GetProperty("quota").GetProperty(r), "used"))
                .Concat(
                    Estate.Computed.Select(r =>
                        Counted(r, compute.Must(200).Json.GetProperty("quota_set").GetProperty(r), "in_use")
                    )
                )
        );
        var limits = (await get(own, "/compute/v2.1/limits")).Must(200);
        Same(
            $"limits of {own}",
            Estate.Computed.Select(r => $"{estate.Used(project, r)} of {estate.LimitOf(project, r)}"),
            [Limits(limits, "Instances"), Limits(limits, "Cores"), Limits(limits, "RAM", "RAMSize")]
        );
        await new StorageComparison(estate, this).CountsAsync(admin, own);
    }

    /// <param name="reserved">What is counted beside what is used.</param>
    public static string Counted(string resource, JsonElement json, string used, long reserved = 0) =>
        $"{resource} {json.GetProperty(used).GetInt64() + reserved} of {json.GetProperty("limit").GetInt64()}";

    private static string Limits(CloudAnswer answer, string used, string? most = null) =>
        $"{answer.Text("limits", "absolute", $"total{used}Used")} of {answer.Text("limits", "absolute", $"maxTotal{most ?? used}")}";

    private async Task IdentityAsync()
    {
        var admin = estate.Callers[0];
        var projects = await ItemsAsync(admin, "/identity/v3/projects", "projects");
        Same("extra projects", estate.Projects.Select(p => p.Name), Named(projects, "extra-"));
        var users = await ItemsAsync(admin, "/identity/v3/users", "users");
        Same("made users", estate.Users.Select(u => u.Name), Named(users, "user-"));
        foreach (var user in estate.Users)
        {
            var path = $"/identity/v3/users/{user.Id}/projects";
            var found = await ItemsAsync(admin, path, "projects");
            Same($"projects of {user.Name}", user.Projects, found.Select(p => p.GetProperty("id").GetString()!));
        }
    }

    private static IEnumerable<string> Named(IEnumerable<JsonElement> items, string prefix) =>
        items
            .Select(i => i.GetProperty("name").GetString()!)
            .Where(n => n.StartsWith(prefix, StringComparison.Ordinal));

    public async Task<JsonElement> GetAsync(ModelCaller caller, string path) =>
        (await get(caller, path)).Must(200).Json;

    public async Task<IReadOnlyList<JsonElement>> ItemsAsync(ModelCaller caller, string path, string name) =>
        [.. (await get(caller, path)).Must(200).Json.GetProperty(name).EnumerateArray()];
}

/// <summary>The cloud is not as the model.</summary>
/// <param name="promise">In words that name no id: two sequences that break the same promise are alike.</param>
internal sealed class ModelException(string promise, string what) : Exception($"{promise}: {what}")
{
    public string Promise => promise;
}
