using System.Text.Json;
using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Models;

/// <summary>Calls about ports.</summary>
internal static class PortSteps
{
    private const string Ports = "/network/v2.0/ports";

    public static readonly IReadOnlyList<StepKind> All =
    [
        new("create port", 9, Create),
        new("show port", 3, Show),
        new("rename port", 2, Rename),
        new("regroup port", 3, Regroup),
        new("delete port", 5, Delete),
    ];

    private static Call? Create(Asking ask)
    {
        var (estate, caller) = (ask.Estate, ask.Caller);
        var (id, network) = estate.Pick(estate.Networks, ask.Step.Which, ask.Caller);
        if (id.Length == 0)
            return null;
        ask.Needs(Rank.Member);
        ask.RefusedIf(network is null || !Estate.Sees(caller, network), 404);
        ask.RefusedIf(estate.Lacks(caller.Project, "port"), 409);
        var groups = "";
        if (ask.Step.How % 3 == 0 && GroupFor(ask, caller.Project) is { Length: > 0 } group)
            groups = $$""", "security_groups": ["{{group}}"]""";
        return ask.Call(
            "POST",
            Ports,
            $$$"""{"port": {"network_id": "{{{id}}}"{{{groups}}}}}""",
            201,
            answer => estate.Ports.Add(Read(answer.Json.GetProperty("port"), network!))
        );
    }

    /// <summary>A port as the cloud describes it.</summary>
    public static APort Read(JsonElement json, ANetwork network, AServer? server = null)
    {
        var port = new APort(json.GetProperty("id").GetString()!, json.GetProperty("project_id").GetString()!, network)
        {
            Server = server,
            IsServers = server is not null,
        };
        foreach (var fixedIp in json.GetProperty("fixed_ips").EnumerateArray())
            port.Subnets.Add(fixedIp.GetProperty("subnet_id").GetString()!);
        Regrouped(port, json);
        return port;
    }

    private static Call? Show(Asking ask) =>
        About(ask, Rank.Reader) is { } it ? ask.Call("GET", it.Path, "", 200) : null;

    private static Call? Rename(Asking ask)
    {
        if (About(ask, Rank.Member) is not { } it)
            return null;
        NotOthers(ask, it.Port);
        return ask.Call("PUT", it.Path, $$$"""{"port": {"name": "p{{{ask.Step.How}}}"}}""", 200);
    }

    /// <summary>A network's owner sees others' ports on it and may delete them; to change them is their owner's.</summary>
    private static void NotOthers(Asking ask, APort? port) =>
        ask.RefusedIf(port is not null && Estate.Sees(ask.Caller, port) && !Estate.Owns(ask.Caller, port), 403);

    private static Call? Regroup(Asking ask)
    {
        if (About(ask, Rank.Member) is not { } it)
            return null;
        NotOthers(ask, it.Port);
        var group = ask.Step.How % 4 == 0 ? "" : GroupFor(ask, it.Port?.Project ?? "");
        var listed = group.Length == 0 ? "" : $"\"{group}\"";
        return ask.Call(
            "PUT",
            it.Path,
            $$$"""{"port": {"security_groups": [{{{listed}}}]}}""",
            200,
            answer => Regrouped(it.Port!, answer.Json.GetProperty("port"))
        ) with
        {
            Settles = it.Port?.Server is not null,
        };
    }

    private static Call? Delete(Asking ask)
    {
        if (About(ask, Rank.Member) is not { } it)
            return null;
        var estate = ask.Estate;
        return ask.Call("DELETE", it.Path, "", 204, _ => estate.Remove(estate.Ports, it.Port!)) with
        {
            Settles = it.Port?.Server is not null,
        };
    }

    private static (string Path, APort? Port)? About(Asking ask, Rank rank)
    {
        var (id, port) = ask.Estate.Pick(ask.Estate.Ports.FindAll(p => !p.IsDhcp), ask.Step.Which, ask.Caller);
        if (id.Length == 0)
            return null;
        ask.Needs(rank);
        ask.RefusedIf(port is null || !Estate.Sees(ask.Caller, port), 404);
        return ($"{Ports}/{id}", port);
    }

    /// <summary>Any group of the cloud: to a port, one of another project than its own does not exist.</summary>
    private static string GroupFor(Asking ask, string project)
    {
        var (id, group) = ask.Estate.Pick(ask.Estate.Groups, ask.Step.Other, ask.Caller);
        ask.RefusedIf(id.Length > 0 && group?.Project != project, 404);
        return id;
    }

    private static void Regrouped(APort port, JsonElement json)
    {
        port.Groups.Clear();
        foreach (var group in json.GetProperty("security_groups").EnumerateArray())
            port.Groups.Add(group.GetString()!);
    }
}
