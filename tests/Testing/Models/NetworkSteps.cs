namespace Pipeline.Testing.Models;

/// <summary>Calls about networks and their subnets.</summary>
internal static class NetworkSteps
{
    private const string Networks = "/network/v2.0/networks";
    private const string Subnets = "/network/v2.0/subnets";
    private const int Ranges = 4;

    public static readonly IReadOnlyList<StepKind> All =
    [
        new("create network", 6, Create),
        new("show network", 3, Show),
        new("rename network", 2, Rename),
        new("share network", 2, Share),
        new("delete network", 4, Delete),
        new("create subnet", 6, CreateSubnet),
        new("show subnet", 2, ShowSubnet),
        new("delete subnet", 3, DeleteSubnet),
    ];

    private static Call Create(Asking ask)
    {
        var (estate, caller, shared) = (ask.Estate, ask.Caller, ask.Step.How % 6 == 0);
        ask.Needs(Rank.Member);
        ask.RefusedIf(shared && !caller.IsAdmin, 403);
        ask.RefusedIf(estate.Lacks(caller.Project, "network"), 409);
        var more = shared ? ", \"shared\": true" : "";
        return ask.Call(
            "POST",
            Networks,
            $$$"""{"network": {"name": "n{{{ask.Step.How}}}"{{{more}}}}}""",
            201,
            answer => estate.Networks.Add(new(answer.Text("network", "id"), caller.Project) { Shared = shared })
        );
    }

    private static Call? Show(Asking ask) =>
        About(ask, Rank.Reader, mine: false) is { } it ? ask.Call("GET", it.Path, "", 200) : null;

    private static Call? Rename(Asking ask) =>
        About(ask, Rank.Member, mine: true) is { } it
            ? ask.Call("PUT", it.Path, $$$"""{"network": {"name": "r{{{ask.Step.How}}}"}}""", 200)
            : null;

    /// <summary>Or no longer: not while others have ports on it.</summary>
    private static Call? Share(Asking ask)
    {
        if (About(ask, Rank.Member, mine: true) is not { } it)
            return null;
        var (estate, network, shared) = (ask.Estate, it.Network, ask.Step.How % 2 == 0);
        ask.RefusedIf(!ask.Caller.IsAdmin && network is not null, 403);
        ask.RefusedIf(
            network is { Shared: true }
                && !shared
                && estate.Ports.Exists(p => p.Network == network && !p.IsDhcp && p.Project != network.Project),
            409
        );
        var body = $$$"""{"network": {"shared": {{{(shared ? "true" : "false")}}}}}""";
        return ask.Call("PUT", it.Path, body, 200, _ => network!.Shared = shared);
    }

    private static Call? Delete(Asking ask)
    {
        if (About(ask, Rank.Member, mine: true) is not { } it)
            return null;
        var (estate, network) = (ask.Estate, it.Network);
        ask.RefusedIf(estate.Ports.Exists(p => p.Network == network && !p.IsDhcp), 409);
        return ask.Call("DELETE", it.Path, "", 204, _ => estate.RemoveNetwork(network!));
    }

    private static (string Path, ANetwork? Network)? About(Asking ask, Rank rank, bool mine)
    {
        var (id, network) = ask.Estate.Pick(ask.Estate.Networks, ask.Step.Which, ask.Caller);
        if (id.Length == 0)
            return null;
        ask.Needs(rank);
        ask.RefusedIf(network is null || !Estate.Sees(ask.Caller, network), 404);
        ask.RefusedIf(network is { Shared: true } && mine && !Estate.Owns(ask.Caller, network), 403);
        return ($"{Networks}/{id}", network);
    }

    private static Call? CreateSubnet(Asking ask)
    {
        var (estate, caller, range) = (ask.Estate, ask.Caller, ask.Step.How % Ranges);
        var (id, network) = estate.Pick(estate.Networks, ask.Step.Which, ask.Caller);
        if (id.Length == 0)
            return null;
        ask.Needs(Rank.Member);
        ask.RefusedIf(network is null || !Estate.Sees(caller, network), 404);
        ask.RefusedIf(network is { Shared: true } && !Estate.Owns(caller, network), 403);
        ask.RefusedIf(estate.Lacks(caller.Project, "subnet"), 409);
        ask.RefusedIf(estate.Subnets.Exists(s => s.Network == network && s.Cidr == range), 400);
        var body = $$$"""{"subnet": {"network_id": "{{{id}}}", "cidr": "10.{{{range}}}.0.0/24", "ip_version": 4}}""";
        return ask.Call(
            "POST",
            Subnets,
            body,
            201,
            answer =>
            {
                estate.Subnets.Add(new(answer.Text("subnet", "id"), caller.Project, network!, range));
                estate.TendDhcp(network!);
            }
        );
    }

    private static Call? ShowSubnet(Asking ask) =>
        AboutSubnet(ask, Rank.Reader, mine: false) is { } it ? ask.Call("GET", it.Path, "", 200) : null;

    private static Call? DeleteSubnet(Asking ask)
    {
        if (AboutSubnet(ask, Rank.Member, mine: true) is not { } it)
            return null;
        var (estate, subnet) = (ask.Estate, it.Subnet);
        ask.RefusedIf(subnet is not null && estate.Ports.Exists(p => p.Subnets.Contains(subnet.Id)), 409);
        return ask.Call(
            "DELETE",
            it.Path,
            "",
            204,
            _ =>
            {
                estate.Remove(estate.Subnets, subnet!);
                estate.TendDhcp(subnet!.Network);
            }
        );
    }

    private static (string Path, ASubnet? Subnet)? AboutSubnet(Asking ask, Rank rank, bool mine)
    {
        var (id, subnet) = ask.Estate.Pick(ask.Estate.Subnets, ask.Step.Which, ask.Caller);
        if (id.Length == 0)
            return null;
        var owns = subnet is not null && (Estate.Owns(ask.Caller, subnet) || Estate.Owns(ask.Caller, subnet.Network));
        ask.Needs(rank);
        ask.RefusedIf(subnet is null || !Estate.Sees(ask.Caller, subnet), 404);
        ask.RefusedIf(subnet is not null && Estate.Sees(ask.Caller, subnet) && mine && !owns, 403);
        return ($"{Subnets}/{id}", subnet);
    }
}
