using static Pipeline.Services.Tests.Network.Trunks.TrunkWorld;

namespace Pipeline.Services.Tests.Network.Trunks;

public sealed class TrunksTests
{
    [Fact]
    public void A_trunk_is_made_shown_listed_changed_and_deleted() =>
        NetworkWorld.Run(async world =>
        {
            var (network, parent) = await world.PortOnNewAsync("10.0.0.0/24");
            var subport = await world.PortAsync(network);
            var made = await world.PostAsync("/trunks", Body(parent, Sub(subport, 101)));
            var id = made.Id("trunk");
            Assert.Equal(("DOWN", parent), (made.Text("trunk", "status"), made.Text("trunk", "port_id")));
            Assert.Equal($"[{Shown(subport, 101)}]", made.Text("trunk", "sub_ports"));
            Assert.Equal(made.Body, (await world.GetAsync($"/trunks/{id}")).Body);
            Assert.Equal(
                [id],
                (await world.GetAsync($"/trunks?port_id={parent}&status=DOWN&limit=5")).All("trunks", "id")
            );
            Assert.Empty(
                (await world.GetAsync("/trunks?status=ACTIVE&sort_key=status&sort_dir=asc")).All("trunks", "id")
            );
            Assert.Equal("""{"trunk":{"name":""}}""", (await world.GetAsync($"/trunks/{id}?fields=name")).Body);
            var changed = await world.PutAsync($"/trunks/{id}", """{"trunk":{"name":"t","description":"d"}}""");
            Assert.Equal(
                ("t", "d", "1"),
                (
                    changed.Text("trunk", "name"),
                    changed.Text("trunk", "description"),
                    changed.Text("trunk", "revision_number")
                )
            );
            Assert.Equal(201, (await world.PutAsync($"/trunks/{id}/tags/blue", "")).Status);
            Assert.Equal([id], (await world.GetAsync("/trunks?tags=blue")).All("trunks", "id"));
            Assert.Equal(1, await world.UsedAsync("trunk"));
            Assert.Equal(204, (await world.DeleteAsync($"/trunks/{id}")).Status);
            Assert.Equal((404, "TrunkNotFound"), (await world.GetAsync($"/trunks/{id}")).Fault);
            Assert.Equal(0, await world.UsedAsync("trunk"));
            Assert.Equal(0, await world.CountAsync("network_tags"));
            foreach (var port in (string[])[parent, subport])
                Assert.Equal(204, (await world.DeleteAsync($"/ports/{port}")).Status);
        });

    [Fact]
    public void A_subport_says_whose_it_is_and_its_parent_what_it_has() =>
        NetworkWorld.Run(async world =>
        {
            var (network, parent) = await world.PortOnNewAsync("10.0.0.0/24");
            var (one, two) = (await world.PortAsync(network), await world.PortAsync(network));
            var trunk = await world.TrunkAsync(parent, Sub(one, 7));
            var added = await world.AddAsync(trunk, Sub(two, 5));
            Assert.Equal((200, trunk), (added.Status, added.Json.GetProperty("id").GetString()));
            var listed = await world.GetAsync($"/trunks/{trunk}/get_subports");
            Assert.Equal($$"""{"sub_ports":[{{Shown(two, 5)}},{{Shown(one, 7)}}]}""", listed.Body);
            var shown = await world.GetAsync($"/ports/{one}");
            Assert.Equal(
                ("trunk:subport", trunk),
                (shown.Text("port", "device_owner"), shown.Text("port", "device_id"))
            );
            Assert.False(shown.Json.GetProperty("port").TryGetProperty("trunk_details", out _));
            var details = (await world.GetAsync($"/ports/{parent}"))
                .Json.GetProperty("port")
                .GetProperty("trunk_details");
            Assert.Equal(trunk, details.GetProperty("trunk_id").GetString());
            Assert.Equal(
                shown.Text("port", "mac_address"),
                details.GetProperty("sub_ports")[1].GetProperty("mac_address").GetString()
            );
            Assert.Equal(200, (await world.RemoveAsync(trunk, one)).Status);
            shown = await world.GetAsync($"/ports/{one}");
            Assert.Equal(("", ""), (shown.Text("port", "device_owner"), shown.Text("port", "device_id")));
            Assert.Equal((404, "SubPortNotFound"), (await world.RemoveAsync(trunk, one)).Fault);
        });

    [Fact]
    public void A_port_has_one_trunk_or_is_in_one_and_is_not_deleted_meanwhile() =>
        NetworkWorld.Run(async world =>
        {
            var (network, parent) = await world.PortOnNewAsync("10.0.0.0/24");
            var (sub, free) = (await world.PortAsync(network), await world.PortAsync(network));
            var trunk = await world.TrunkAsync(parent, Sub(sub, 7));
            var other = await world.TrunkAsync(free);
            Assert.Equal((409, "PortInUseAsTrunkParent"), (await world.PostAsync("/trunks", Body(parent))).Fault);
            Assert.Equal((409, "PortInUseAsSubPort"), (await world.PostAsync("/trunks", Body(sub))).Fault);
            Assert.Equal((409, "PortInUseAsSubPort"), (await world.AddAsync(other, Sub(sub, 7))).Fault);
            Assert.Equal((409, "PortInUseAsTrunkParent"), (await world.AddAsync(other, Sub(parent, 7))).Fault);
            Assert.Equal((409, "ParentPortInUse"), (await world.AddAsync(other, Sub(free, 7))).Fault);
            var refused = await world.DeleteAsync($"/ports/{parent}");
            Assert.Equal((409, "PortInUseAsTrunkParent"), refused.Fault);
            Assert.Contains(trunk, refused.Message);
            refused = await world.DeleteAsync($"/ports/{sub}");
            Assert.Equal((409, "PortInUseAsSubPort"), refused.Fault);
            Assert.Contains(trunk, refused.Message);
            var stolen = await world.PutAsync($"/ports/{sub}", """{"port":{"device_id":"x"}}""");
            Assert.Equal((409, "PortInUse"), stolen.Fault);
        });

    [Fact]
    public void What_cannot_be_in_a_trunk_is_refused_and_nothing_is_written() =>
        NetworkWorld.Run(async world =>
        {
            var (network, parent) = await world.PortOnNewAsync("10.0.0.0/24");
            var (one, two) = (await world.PortAsync(network), await world.PortAsync(network));
            var taken = await world.PortAsync(network, "\"device_id\":\"x\"");
            var foreign = await world.PortAsync(await world.NetworkAsync(token: "other"), token: "other");
            var wide = await world.PortAsync(await world.NetworkAsync());
            var thin = await world.PortAsync(await world.NetworkAsync("\"mtu\":1400"));
            var trunk = await world.TrunkAsync(thin);
            var own = await world.TrunkAsync(parent, Sub(one, 7));
            (int, string, string)[] cases =
            [
                (400, "InvalidInput", Sub(two, 0)),
                (400, "InvalidInput", Sub(two, 4095)),
                (400, "InvalidInput", Sub(two, 7, "vxlan")),
                (400, "InvalidInput", Sub(two, 7, "inherit")), // its network has no tag
                (400, "InvalidInput", $$"""{"port_id":"{{two}}"}"""),
                (400, "InvalidInput", """{"segmentation_type":"vlan","segmentation_id":7}"""),
                (400, "InvalidInput", $"{Sub(two, 8)},{Sub(two, 9)}"),
                (400, "InvalidInput", $"{Sub(two, 8)},{Sub(wide, 8)}"),
                (404, "PortNotFound", Sub(foreign, 8)),
                (409, "PortInUse", Sub(taken, 8)),
                (409, "DuplicateSubPort", Sub(two, 7)),
            ];
            foreach (var (status, type, subport) in cases)
                Assert.Equal((status, type), (await world.AddAsync(own, subport)).Fault);
            Assert.Equal((409, "SubPortMtuGreaterThanTrunkPortMtu"), (await world.AddAsync(trunk, Sub(wide, 8))).Fault);
            Assert.Equal((404, "PortNotFound"), (await world.PostAsync("/trunks", Body(foreign))).Fault);
            Assert.Equal((404, "TrunkNotFound"), (await world.GetAsync($"/trunks/{own}", "other")).Fault);
            Assert.Equal((404, "TrunkNotFound"), (await world.DeleteAsync($"/trunks/{own}", "other")).Fault);
            Assert.Equal(1, await world.CountAsync("ports", "trunk_id IS NOT NULL"));
            Assert.Equal(2, await world.UsedAsync("trunk"));
        });

    [Fact]
    public void A_disabled_trunk_stays_as_it_is() =>
        NetworkWorld.Run(async world =>
        {
            var (network, parent) = await world.PortOnNewAsync("10.0.0.0/24");
            var (one, two) = (await world.PortAsync(network), await world.PortAsync(network));
            var trunk = await world.TrunkAsync(parent, Sub(one, 7));
            await world.PutAsync($"/trunks/{trunk}", """{"trunk":{"admin_state_up":false}}""");
            Assert.Equal((409, "TrunkDisabled"), (await world.AddAsync(trunk, Sub(two, 8))).Fault);
            Assert.Equal((409, "TrunkDisabled"), (await world.RemoveAsync(trunk, one)).Fault);
            Assert.Equal((409, "TrunkDisabled"), (await world.DeleteAsync($"/trunks/{trunk}")).Fault);
            await world.PutAsync($"/trunks/{trunk}", """{"trunk":{"admin_state_up":true}}""");
            Assert.Equal(204, (await world.DeleteAsync($"/trunks/{trunk}")).Status);
        });

    [Fact]
    public void A_project_has_no_more_trunks_than_it_may() =>
        NetworkWorld.Run(async world =>
        {
            var (network, parent) = await world.PortOnNewAsync("10.0.0.0/24");
            await world.PutAsync($"/quotas/{NetworkWorld.Project}", """{"quota":{"trunk":1}}""", "admin");
            await world.TrunkAsync(parent);
            var second = await world.PostAsync("/trunks", Body(await world.PortAsync(network)));
            Assert.Equal((409, "OverQuota"), second.Fault);
        });

    private static string Shown(string port, int vlan) =>
        $$"""{"port_id":"{{port}}","segmentation_type":"vlan","segmentation_id":{{vlan}}}""";
}
