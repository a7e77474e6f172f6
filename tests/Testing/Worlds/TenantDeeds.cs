using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Worlds;

/// <summary>What tenants do, one request or two at a time.</summary>
internal sealed class TenantDeeds(TestCloud cloud, Requests requests, Mailing mailing, Action<string, string> violated)
{
    private const string Keys =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJQnm6X6kEKu0WZmm4sPWZ0wAwtnBx0N0dZ7rTdPZ9sN tenant";

    public Task DoAsync(Deed deed, Tenant tenant) =>
        deed.Kind switch
        {
            DeedKind.BuildServer => BuildAsync(deed, tenant, "small", Networks(deed, tenant)),
            DeedKind.BuildServers => BuildAsync(deed, tenant, "small", Networks(deed, tenant), """, "min_count": 2"""),
            DeedKind.BuildHugeServer => BuildAsync(deed, tenant, "huge", Networks(deed, tenant)),
            DeedKind.BuildServerOnPort => BuildOnPortAsync(deed, tenant),
            DeedKind.BuildServerAndDeleteIt => BuildAndDeleteAsync(deed, tenant),
            DeedKind.DeleteServer => DeleteAsync(deed, tenant, ThingKind.Server),
            DeedKind.StopServer => ActAsync(deed, tenant, """{"os-stop": null}"""),
            DeedKind.StartServer => ActAsync(deed, tenant, """{"os-start": null}"""),
            DeedKind.RebootServer => ActAsync(deed, tenant, """{"reboot": {"type": "SOFT"}}"""),
            DeedKind.RebootServerHard => ActAsync(deed, tenant, """{"reboot": {"type": "HARD"}}"""),
            DeedKind.RenameServer => ChangeAsync(
                deed,
                tenant,
                ThingKind.Server,
                $$$"""{"server": {"name": "n{{{deed.How}}}"}}"""
            ),
            DeedKind.MakeNetwork => MakeNetworkAsync(deed, tenant),
            DeedKind.DeleteNetwork => DeleteAsync(deed, tenant, ThingKind.Network),
            DeedKind.MakePort => MakePortAsync(deed, tenant),
            DeedKind.ChangePort => ChangePortAsync(deed, tenant),
            DeedKind.DeletePort => DeleteAsync(deed, tenant, ThingKind.Port),
            DeedKind.MakeGroup => MakeAsync(
                deed,
                tenant,
                ThingKind.Group,
                "/network/v2.0/security-groups",
                Group(deed),
                "security_group"
            ),
            DeedKind.AddRule => AddRuleAsync(deed, tenant),
            DeedKind.DeleteGroup => DeleteAsync(deed, tenant, ThingKind.Group),
            DeedKind.MakeImage => MakeImageAsync(deed, tenant),
            DeedKind.DeleteImage => DeleteAsync(deed, tenant, ThingKind.Image),
            DeedKind.MakeKeypair => MakeKeypairAsync(deed, tenant),
            DeedKind.DeleteKeypair => DeleteAsync(deed, tenant, ThingKind.Keypair),
            DeedKind.MakeVolume => MakeVolumeAsync(deed, tenant),
            DeedKind.MakeVolumeAndDeleteIt => MakeVolumeAndDeleteAsync(deed, tenant),
            DeedKind.ExtendVolume => ExtendAsync(deed, tenant),
            DeedKind.DeleteVolume => DeleteVolumeAsync(deed, tenant),
            DeedKind.MakeSnapshot => MakeSnapshotAsync(deed, tenant),
            DeedKind.DeleteSnapshot => DeleteAsync(deed, tenant, ThingKind.Snapshot),
            DeedKind.MakeRouter => MakeAsync(
                deed,
                tenant,
                ThingKind.Router,
                "/network/v2.0/routers",
                $$$"""{"router": {"name": "r{{{deed.At}}}"}}""",
                "router"
            ),
            DeedKind.JoinRouter => JoinAsync(deed, tenant),
            DeedKind.LeaveRouter => LeaveAsync(deed, tenant),
            DeedKind.DeleteRouter => DeleteAsync(deed, tenant, ThingKind.Router),
            DeedKind.RaiseEvent => mailing.SendAsync(1 + (deed.Which % 6), IsPatient(deed)),
            _ => throw new ArgumentOutOfRangeException(nameof(deed), deed.Kind, "no tenant does this"),
        };

    private static string Networks(Deed deed, Tenant tenant) =>
        $$"""[{"uuid": "{{tenant.PickNetwork(deed.Which)}}"}]""";

    private static string Group(Deed deed) => $$$"""{"security_group": {"name": "g{{{deed.How}}}"}}""";

    private static bool IsPatient(Deed deed) => deed.How % 4 != 0;

    /// <summary>Second thoughts come soon: most while it is being built.</summary>
    private async Task BuildAndDeleteAsync(Deed deed, Tenant tenant)
    {
        if (await BuildAsync(deed, tenant, "small", Networks(deed, tenant)) is not { } server)
            return;
        await cloud.PassAsync(TimeSpan.FromMilliseconds(deed.How * 6));
        await DeleteAsync(deed, server);
    }

    private Task<Thing?> BuildAsync(Deed deed, Tenant tenant, string flavor, string networks, string more = "")
    {
        var groups =
            tenant.Pick(ThingKind.Group, deed.Which) is { } group && deed.How % 3 == 0
                ? $$""", "security_groups": [{"name": "{{group.Id}}"}]"""
                : "";
        var body = $$$"""
            {"server": {"name": "s{{{deed.At}}}", "flavorRef": "{{{flavor}}}", "imageRef": "{{{cloud.Image}}}",
             "networks": {{{networks}}}{{{more}}}{{{groups}}}}}
            """;
        return MakeAsync(deed, tenant, ThingKind.Server, "/compute/v2.1/servers", body, "server");
    }

    private Task BuildOnPortAsync(Deed deed, Tenant tenant) =>
        tenant.Pick(ThingKind.Port, deed.Which) is { } port
            ? BuildAsync(deed, tenant, "small", $$"""[{"port": "{{port.Id}}"}]""")
            : Task.CompletedTask;

    private async Task MakeNetworkAsync(Deed deed, Tenant tenant)
    {
        var body = $$$"""{"network": {"name": "n{{{deed.At}}}"}}""";
        if (await MakeAsync(deed, tenant, ThingKind.Network, "/network/v2.0/networks", body, "network") is not { } made)
            return;
        var subnet =
            $$$"""{"subnet": {"network_id": "{{{made.Id}}}", "cidr": "10.{{{deed.How % 200}}}.0.0/24", "ip_version": 4}}""";
        await requests.AskAsync("POST", "/network/v2.0/subnets", subnet, tenant.User, NewKey());
    }

    private Task MakePortAsync(Deed deed, Tenant tenant)
    {
        var network = tenant.PickNetwork(deed.Which);
        var address =
            deed.How % 3 == 0 && network == tenant.Network
                ? $$""", "fixed_ips": [{"ip_address": "10.0.0.{{100 + (deed.How % 20)}}"}]"""
                : "";
        return MakeAsync(
            deed,
            tenant,
            ThingKind.Port,
            "/network/v2.0/ports",
            $$$"""{"port": {"network_id": "{{{network}}}"{{{address}}}}}""",
            "port"
        );
    }

    private Task ChangePortAsync(Deed deed, Tenant tenant)
    {
        var groups = tenant.Pick(ThingKind.Group, deed.How) is { } group ? $"\"{group.Id}\"" : "";
        return ChangeAsync(
            deed,
            tenant,
            ThingKind.Port,
            $$$"""{"port": {"name": "p{{{deed.How}}}", "security_groups": [{{{groups}}}]}}"""
        );
    }

    private async Task AddRuleAsync(Deed deed, Tenant tenant)
    {
        if (tenant.Pick(ThingKind.Group, deed.Which) is not { } group)
            return;
        var body = $$$"""
            {"security_group_rule": {"security_group_id": "{{{group.Id}}}", "direction": "ingress", "ethertype": "IPv4",
             "protocol": "tcp", "port_range_min": {{{1 + deed.How}}}, "port_range_max": {{{1 + deed.How}}}}}
            """;
        await requests.AskAsync(
            "POST",
            "/network/v2.0/security-group-rules",
            body,
            tenant.User,
            NewKey(),
            IsPatient(deed)
        );
    }

    private async Task MakeImageAsync(Deed deed, Tenant tenant)
    {
        var body = $$"""{"name": "i{{deed.At}}", "disk_format": "raw", "container_format": "bare"}""";
        await MakeAsync(deed, tenant, ThingKind.Image, "/image/v2/images", body, null);
    }

    private async Task MakeKeypairAsync(Deed deed, Tenant tenant)
    {
        var name = $"k{deed.At}";
        var body = $$$"""{"keypair": {"name": "{{{name}}}", "public_key": "{{{Keys}}}"}}""";
        var answer = await requests.AskAsync(
            "POST",
            "/compute/v2.1/os-keypairs",
            body,
            tenant.User,
            null,
            IsPatient(deed)
        );
        if (answer is { Status: 200 or 201 })
            tenant.Add(ThingKind.Keypair, name);
    }

    /// <summary>Blank, of an image, of what another volume holds, or of what one held.</summary>
    private Task<Thing?> MakeVolumeAsync(Deed deed, Tenant tenant)
    {
        var source = (deed.Which % 4) switch
        {
            1 => $", \"imageRef\": \"{cloud.Image}\"",
            2 when tenant.Pick(ThingKind.Snapshot, deed.How) is { } snapshot => $", \"snapshot_id\": \"{snapshot.Id}\"",
            3 when tenant.Pick(ThingKind.Volume, deed.How) is { } volume => $", \"source_volid\": \"{volume.Id}\"",
            _ => "",
        };
        var body = $$$"""{"volume": {"name": "v{{{deed.At}}}", "size": {{{1 + (deed.How % 3)}}}{{{source}}}}}""";
        return MakeAsync(deed, tenant, ThingKind.Volume, "/volume/v3/volumes", body, "volume");
    }

    private async Task MakeVolumeAndDeleteAsync(Deed deed, Tenant tenant)
    {
        if (await MakeVolumeAsync(deed, tenant) is not { } volume)
            return;
        await cloud.PassAsync(TimeSpan.FromMilliseconds(deed.How * 6));
        await DeleteAsync(deed, volume);
    }

    private async Task ExtendAsync(Deed deed, Tenant tenant)
    {
        var body = $$$"""{"os-extend": {"new_size": {{{2 + (deed.How % 5)}}}}}""";
        if (tenant.Pick(ThingKind.Volume, deed.Which) is { } volume)
            await requests.AskAsync("POST", $"{volume.Path}/action", body, tenant.User, null, IsPatient(deed));
    }

    private async Task MakeSnapshotAsync(Deed deed, Tenant tenant)
    {
        if (tenant.Pick(ThingKind.Volume, deed.Which) is not { } volume)
            return;
        var body = $$$"""{"snapshot": {"name": "s{{{deed.At}}}", "volume_id": "{{{volume.Id}}}"}}""";
        if (
            await MakeAsync(deed, tenant, ThingKind.Snapshot, "/volume/v3/snapshots", body, "snapshot") is { } made
            && !volume.Parts.Contains(made)
        )
            volume.Parts.Add(made);
        foreach (var part in volume.Parts.Where(_ => volume.DeleteAsked))
            part.DeleteAsked = true; // it may go with its volume
    }

    /// <summary>Some with all its snapshots.</summary>
    private async Task DeleteVolumeAsync(Deed deed, Tenant tenant)
    {
        if (tenant.Pick(ThingKind.Volume, deed.Which) is not { } volume)
            return;
        var cascades = deed.How % 3 == 0;
        foreach (var part in volume.Parts.Where(_ => cascades))
            part.DeleteAsked = true;
        await DeleteAsync(deed, volume, cascades ? "?cascade=true" : "");
    }

    /// <summary>A router takes a port for its own; it goes when the router leaves.</summary>
    private async Task JoinAsync(Deed deed, Tenant tenant)
    {
        if (
            tenant.Pick(ThingKind.Router, deed.Which) is not { } router
            || tenant.Pick(ThingKind.Port, deed.How) is not { } port
        )
            return;
        router.Parts.Add(port);
        var path = $"{router.Path}/add_router_interface";
        var body = $$"""{"port_id": "{{port.Id}}"}""";
        await requests.AskAsync("PUT", path, body, tenant.User, null, IsPatient(deed));
    }

    private async Task LeaveAsync(Deed deed, Tenant tenant)
    {
        if (tenant.Pick(ThingKind.Router, deed.Which) is not { Parts.Count: > 0 } router)
            return;
        var port = router.Parts[deed.How % router.Parts.Count];
        port.DeleteAsked = true;
        var path = $"{router.Path}/remove_router_interface";
        var body = $$"""{"port_id": "{{port.Id}}"}""";
        await requests.AskAsync("PUT", path, body, tenant.User, null, IsPatient(deed));
    }

    /// <summary>Some click twice: one key makes one thing.</summary>
    private async Task<Thing?> MakeAsync(
        Deed deed,
        Tenant tenant,
        ThingKind kind,
        string path,
        string body,
        string? name
    )
    {
        var key = NewKey();
        var restores = cloud.Restores;
        Task<CloudAnswer?> Ask() => requests.AskAsync("POST", path, body, tenant.User, key, IsPatient(deed));
        var answers = deed.How % 7 == 0 ? await Task.WhenAll(Ask(), Ask()) : [await Ask()];
        Thing? made = null;
        if (restores != cloud.Restores)
            return null; // there or not: nobody can say
        foreach (var answer in answers)
        {
            if (answer is not { Status: >= 200 and < 300 })
                continue;
            var id = name is null ? answer.Text("id") : answer.Text(name, "id");
            if (made is not null && made.Id != id)
                violated("one key makes one thing", $"{path} answered {made.Id} and {id}");
            made = tenant.Add(kind, id);
        }
        return made;
    }

    private async Task ChangeAsync(Deed deed, Tenant tenant, ThingKind kind, string body)
    {
        if (tenant.Pick(kind, deed.Which) is { } thing)
            await requests.AskAsync("PUT", thing.Path, body, tenant.User, null, IsPatient(deed));
    }

    private async Task ActAsync(Deed deed, Tenant tenant, string action)
    {
        if (tenant.PickAny(ThingKind.Server, deed.Which) is not { } server)
            return;
        Task Ask() => requests.AskAsync("POST", $"{server.Path}/action", action, tenant.User, null, IsPatient(deed));
        await (deed.How % 7 == 0 ? Task.WhenAll(Ask(), Ask()) : Ask());
    }

    /// <summary>Some ask twice at once.</summary>
    private async Task DeleteAsync(Deed deed, Tenant tenant, ThingKind kind)
    {
        if (tenant.Pick(kind, deed.Which) is { } thing)
            await (
                deed.How % 5 == 0
                    ? Task.WhenAll(DeleteAsync(deed, thing), DeleteAsync(deed, thing))
                    : DeleteAsync(deed, thing)
            );
    }

    private async Task DeleteAsync(Deed deed, Thing thing, string query = "")
    {
        thing.DeleteAsked = true;
        var restores = cloud.Restores;
        var answer = await requests.AskAsync("DELETE", thing.Path + query, "", thing.Owner.User, null, IsPatient(deed));
        if (restores != cloud.Restores)
            return;
        if (answer is { Status: >= 200 and < 300 })
            thing.DeleteAnswered = true;
        else if (answer is { Status: 409 or 403 or 400 } && !thing.DeleteAnswered)
            thing.DeleteAsked = false; // refused: it stays
    }

    private string NewKey() => cloud.World.Randomness.NewGuid().ToString();
}
