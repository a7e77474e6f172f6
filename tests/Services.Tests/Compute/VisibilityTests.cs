using Pipeline.Runtime;

namespace Pipeline.Services.Tests.Compute;

/// <summary>
/// Every route of compute, network and image that names something, walked from the route table: what the caller's role does
/// not allow is 403, what another project has is 404, and neither writes anything. Quotas answer 403, as their policies say.
/// </summary>
public sealed class VisibilityTests
{
    private static readonly string[] Apis = ["/compute/v2.1/", "/network/v2.0/", "/image/v2/"];

    /// <summary>Bodies that are good in form, by method and route; another route's body is refused by form first.</summary>
    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["PUT /compute/v2.1/servers/{id}"] = """{"server":{}}""",
        ["POST /compute/v2.1/servers/{id}/action"] = """{"os-start":null}""",
        ["PUT /network/v2.0/networks/{id}"] = """{"network":{"name":"x"}}""",
        ["PUT /network/v2.0/subnets/{id}"] = """{"subnet":{"name":"x"}}""",
        ["PUT /network/v2.0/ports/{id}"] = """{"port":{"name":"x"}}""",
        ["PUT /network/v2.0/security-groups/{id}"] = """{"security_group":{"name":"x"}}""",
    };

    [Fact]
    public void What_a_role_does_not_allow_is_403_on_the_projects_own_things() =>
        ComputeWorld.Run(async world =>
        {
            var things = await ThingsAsync(world);
            var audits = await world.CountAsync("audit");
            foreach (var route in RoutesOf(world))
            foreach (var role in (string[])["none", "reader", "member"])
            {
                var reply = await AskAsync(world, route, things, $"mine:{role}", onlyIf: !route.Allows(role));
                Assert.True(reply is null or 403, $"{route} as {role} was {reply}");
            }
            Assert.Equal(audits, await world.CountAsync("audit"));
        });

    [Fact]
    public void What_another_project_has_is_404() =>
        ComputeWorld.Run(async world =>
        {
            var things = await ThingsAsync(world);
            var audits = await world.CountAsync("audit");
            var walked = 0;
            foreach (var route in RoutesOf(world).Where(r => things.Any(t => r.Path.StartsWith(t.Key))))
            foreach (var role in (string[])["reader", "member"])
            {
                var reply = await AskAsync(world, route, things, $"theirs:{role}", onlyIf: route.Allows(role));
                walked += reply is null ? 0 : 1;
                Assert.True(reply is null || Hidden(route, reply.Value), $"{route} as another's {role} was {reply}");
            }
            Assert.True(walked > 40, $"only {walked} were walked");
            Assert.Equal(audits, await world.CountAsync("audit"));
        });

    private static bool Hidden(NamedRoute route, int status) =>
        route.IsQuota
            ? status == 403 || route.Path.EndsWith("/defaults") || route.Path.EndsWith("/default")
            : status == 404 || (status is 400 or 415 && route.NeedsBody && !Bodies.ContainsKey($"{route}"));

    private static async Task<int?> AskAsync(
        ComputeWorld world,
        NamedRoute route,
        Dictionary<string, string> things,
        string token,
        bool onlyIf
    )
    {
        if (!onlyIf)
            return null;
        var path = route.Path;
        foreach (var (prefix, id) in things.Where(t => path.StartsWith(t.Key)))
            path = prefix + id + path[(path.IndexOf('}') + 1)..];
        var body = Bodies.GetValueOrDefault($"{route}") ?? (route.NeedsBody ? "{}" : null);
        return (await world.SendAsync(route.Method, path.Replace("{", "").Replace("}", ""), body, token)).Status;
    }

    /// <summary>One thing of `mine` in each collection, by the prefix of its routes.</summary>
    private static async Task<Dictionary<string, string>> ThingsAsync(ComputeWorld world)
    {
        var server = await world.BuildAsync();
        await world.PostAsync("/os-keypairs", """{"keypair":{"name":"mine"}}""");
        var group = await FirstAsync(world, "security-groups", "security_groups");
        return new()
        {
            ["/compute/v2.1/servers/"] = server,
            ["/compute/v2.1/os-keypairs/"] = "mine",
            ["/compute/v2.1/os-quota-sets/"] = ComputeWorld.Mine,
            ["/network/v2.0/networks/"] = world.Network,
            ["/network/v2.0/subnets/"] = await FirstAsync(world, "subnets", "subnets"),
            ["/network/v2.0/ports/"] = await FirstAsync(world, "ports", "ports"),
            ["/network/v2.0/security-groups/"] = group,
            ["/network/v2.0/security-group-rules/"] = await FirstAsync(
                world,
                "security-group-rules",
                "security_group_rules"
            ),
            ["/network/v2.0/quotas/"] = ComputeWorld.Mine,
            ["/image/v2/images/"] = world.Image,
        };
    }

    private static async Task<string> FirstAsync(ComputeWorld world, string path, string collection) =>
        (await world.SendAsync("GET", $"/network/v2.0/{path}")).All(collection, "id")[0];

    private static IEnumerable<NamedRoute> RoutesOf(ComputeWorld world) =>
        world
            .Get<RouteTable>()
            .Print()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(columns => new NamedRoute(columns[0], columns[1], columns[3]))
            .Where(route => route.Path.Contains('{') && Array.Exists(Apis, route.Path.StartsWith));

    private sealed record NamedRoute(string Method, string Path, string Require)
    {
        public bool NeedsBody => Method is "POST" or "PUT" or "PATCH";

        public bool IsQuota => Path.Contains("quota");

        /// <summary>What the rule that stands beside the route says of a role.</summary>
        public bool Allows(string role) =>
            Require switch
            {
                "Anyone" or "Token" => true,
                "ProjectReader" => role != "none",
                "ProjectMember" => role == "member",
                _ => false,
            };

        public override string ToString() => $"{Method} {Path}";
    }
}
