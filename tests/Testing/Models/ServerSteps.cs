using System.Text.Json;
using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Models;

/// <summary>Calls about servers. What a call begins has ended before the next one.</summary>
internal static class ServerSteps
{
    private const string Servers = "/compute/v2.1/servers";

    public static readonly IReadOnlyList<StepKind> All =
    [
        new("create server", 14, Create),
        new("show server", 3, Show),
        new("delete server", 5, Delete),
        new("stop server", 2, ask => Act(ask, """{"os-stop": null}""", "ACTIVE", "SHUTOFF")),
        new("start server", 2, ask => Act(ask, """{"os-start": null}""", "SHUTOFF", "ACTIVE")),
        new("reboot server", 1, ask => Act(ask, """{"reboot": {"type": "SOFT"}}""", "ACTIVE", "ACTIVE")),
        new("lock server", 1, ask => Lock(ask, true)),
        new("unlock server", 2, ask => Lock(ask, false)),
        new("rename server", 2, Rename),
        new("set metadata", 2, SetMetadata),
        new("delete metadata", 2, DeleteMetadata),
    ];

    private static Call? Create(Asking ask)
    {
        var (estate, caller) = (ask.Estate, ask.Caller);
        bool Fits(AnImage i) => i.IsActive && (Estate.Sees(caller, i) || ask.Step.How % 9 == 0);
        var (imageId, image) = estate.Pick(estate.Images.FindAll(Fits), ask.Step.Other);
        bool Offered(AFlavor f) => Estate.Sees(caller, f) || ask.Step.How % 8 == 0;
        var (flavorId, flavor) = estate.Pick(estate.Flavors.FindAll(Offered), (ask.Step.How / 5) + ask.Step.Other);
        // An admin builds as a member of the admin's own project.
        if (imageId.Length == 0 || flavorId.Length == 0 || NicFor(ask) is not { } nic)
            return null;
        ask.Needs(Rank.Member);
        ask.RefusedIf(image is null || !Estate.Sees(caller with { Rank = Rank.Member }, image) || !image.IsActive, 400);
        ask.RefusedIf(flavor is null || !Estate.Sees(caller, flavor), 400);
        foreach (var (resource, amount) in Amounts(flavor))
            ask.RefusedIf(estate.Lacks(caller.Project, resource, amount), 403);
        var groups = ask.Step.How % 5 == 0 && nic.Port is null ? GroupsFor(ask) : "";
        var body = $$$"""
            {"server": {"name": "s{{{ask.Step.How}}}", "flavorRef": "{{{flavorId}}}", "imageRef": "{{{imageId}}}",
             "networks": [{{{nic.Json}}}]{{{groups}}}}}
            """;
        AServer? made = null;
        return ask.Call(
            "POST",
            Servers,
            body,
            202,
            answer =>
            {
                made = new(answer.Text("server", "id"), caller.Project, flavor!) { Name = $"s{ask.Step.How}" };
                estate.Servers.Add(made);
                // What is too large for every host fails, and so does what has no room for its port.
                if (flavor!.Id == "huge" || (nic.Port is null && estate.Lacks(caller.Project, "port")))
                    made.Status = "ERROR";
                else if (nic.Port is not null)
                    nic.Port.Server = made;
            }
        ) with
        {
            Settles = true,
            Look = get => LookAsync(estate, made!, nic.Port is null ? nic.Network! : null, get),
        };
    }

    private static string GroupsFor(Asking ask)
    {
        var (id, group) = ask.Estate.Pick(ask.Estate.Groups, ask.Step.Other, ask.Caller);
        ask.RefusedIf(group?.Project != ask.Caller.Project, 400);
        return $$""", "security_groups": [{"name": "{{id}}"}]""";
    }

    private static IEnumerable<(string, long)> Amounts(AFlavor? flavor) =>
        flavor is null ? [] : [("instances", 1), ("cores", flavor.Vcpus), ("ram", flavor.Ram)];

    /// <summary>The port that the build has made, by its id; the model knows that there is one, and on which network.</summary>
    private static async Task LookAsync(
        Estate estate,
        AServer server,
        ANetwork? network,
        Func<string, Task<CloudAnswer>> get
    )
    {
        if (network is null || server.Status == "ERROR")
            return;
        var answer = (await get($"/network/v2.0/ports?device_id={server.Id}")).Must(200);
        var ports = answer.Json.GetProperty("ports").EnumerateArray().ToList();
        if (ports is not [var port] || port.GetProperty("network_id").GetString() != network.Id)
            throw new ModelException("a server has a port on the network it asked for", answer.Body);
        estate.Ports.Add(PortSteps.Read(port, network, server));
    }

    private static (string Json, ANetwork? Network, APort? Port)? NicFor(Asking ask)
    {
        var (estate, caller) = (ask.Estate, ask.Caller);
        if (ask.Step.How % 4 == 0 && estate.Ports.Exists(p => !p.IsDhcp))
        {
            var (id, port) = estate.Pick(estate.Ports.FindAll(p => !p.IsDhcp), ask.Step.Which, ask.Caller);
            if (port is not null && caller.IsAdmin && port.Project != caller.Project)
                return null;
            ask.RefusedIf(port is null || port.Project != caller.Project, 400);
            ask.RefusedIf(port is { Server: not null } && port.Project == caller.Project, 409);
            return ($$"""{"port": "{{id}}"}""", null, port ?? new("", "", new("", "")));
        }
        // Most ask for what they see and can have.
        var usual = ask.Step.How % 5 > 0;
        bool Fits(ANetwork n) =>
            Estate.Sees(caller with { Rank = Rank.Member }, n) && estate.Subnets.Exists(s => s.Network == n);
        var (name, network) = estate.Pick(usual ? estate.Networks.FindAll(Fits) : estate.Networks, ask.Step.Which);
        if (name.Length == 0 || (network is not null && caller.IsAdmin && network.Project != caller.Project))
            return null;
        ask.RefusedIf(network is null || !Estate.Sees(caller, network), 400);
        ask.RefusedIf(network is not null && !estate.Subnets.Exists(s => s.Network == network), 400);
        return ($$"""{"uuid": "{{name}}"}""", network, null);
    }

    private static Call? Show(Asking ask) =>
        About(ask, Rank.Reader) is { } it ? ask.Call("GET", it.Path, "", 200) : null;

    private static Call? Delete(Asking ask)
    {
        if (About(ask, Rank.Member) is not { } it)
            return null;
        NotLocked(ask, it.Server);
        return ask.Call("DELETE", it.Path, "", 204, _ => ask.Estate.RemoveServer(it.Server!)) with { Settles = true };
    }

    private static Call? Act(Asking ask, string body, string from, string to)
    {
        if (About(ask, Rank.Member) is not { } it)
            return null;
        NotLocked(ask, it.Server);
        ask.RefusedIf(it.Server is not null && it.Server.Status != from, 409);
        return ask.Call("POST", $"{it.Path}/action", body, 202, _ => it.Server!.Status = to) with { Settles = true };
    }

    private static Call? Lock(Asking ask, bool on) =>
        // What an admin has locked stays locked for its owner; that is another story.
        About(ask, Rank.Member) is { } it
        && !(ask.Caller.IsAdmin && on)
            ? ask.Call(
                "POST",
                $"{it.Path}/action",
                on ? """{"lock": null}""" : """{"unlock": null}""",
                202,
                _ => it.Server!.IsLocked = on
            )
            : null;

    private static Call? Rename(Asking ask)
    {
        if (About(ask, Rank.Member) is not { } it)
            return null;
        var name = $"r{ask.Step.How}";
        var body = $$$"""{"server": {"name": "{{{name}}}"}}""";
        return ask.Call("PUT", it.Path, body, 200, _ => it.Server!.Name = name);
    }

    private static Call? SetMetadata(Asking ask)
    {
        if (About(ask, Rank.Member) is not { } it)
            return null;
        var (key, value) = ($"m{ask.Step.Other % 3}", $"v{ask.Step.How}");
        NotLocked(ask, it.Server);
        var body = $$$"""{"meta": {"{{{key}}}": "{{{value}}}"}}""";
        return ask.Call("PUT", $"{it.Path}/metadata/{key}", body, 200, _ => it.Server!.Metadata[key] = value);
    }

    private static Call? DeleteMetadata(Asking ask)
    {
        if (About(ask, Rank.Member) is not { } it)
            return null;
        var key = $"m{ask.Step.Other % 3}";
        NotLocked(ask, it.Server);
        ask.RefusedIf(it.Server is not null && !it.Server.Metadata.ContainsKey(key), 404);
        return ask.Call("DELETE", $"{it.Path}/metadata/{key}", "", 204, _ => it.Server!.Metadata.Remove(key));
    }

    private static void NotLocked(Asking ask, AServer? server) =>
        ask.RefusedIf(server is { IsLocked: true } && !ask.Caller.IsAdmin, 409);

    private static (string Path, AServer? Server)? About(Asking ask, Rank rank)
    {
        var (id, server) = ask.Estate.Pick(ask.Estate.Servers, ask.Step.Which, ask.Caller);
        if (id.Length == 0)
            return null;
        ask.Needs(rank);
        ask.RefusedIf(server is null || !Estate.Owns(ask.Caller, server), 404);
        return ($"{Servers}/{id}", server);
    }

    /// <summary>A server as it is listed, in the model's words.</summary>
    public static string Describe(JsonElement json) =>
        Describe(
            json.GetProperty("id").GetString()!,
            json.GetProperty("status").GetString()!,
            json.GetProperty("name").GetString()!,
            json.GetProperty("metadata").EnumerateObject().Select(m => $"{m.Name}={m.Value.GetString()}")
        );

    public static string Describe(AServer server) =>
        Describe(server.Id, server.Status, server.Name, server.Metadata.Select(m => $"{m.Key}={m.Value}"));

    private static string Describe(string id, string status, string name, IEnumerable<string> metadata) =>
        $"{id} {status} {name} {string.Join(',', metadata.Order(StringComparer.Ordinal))}".TrimEnd();
}
