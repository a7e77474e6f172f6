using Pipeline.Contracts.Network;

namespace Pipeline.Services.Tests.Network.Hosts;

public sealed class BindPortsTests
{
    [Fact]
    public void A_server_gets_the_ports_it_asks_for_in_order() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/24");
            var existing = await world.PortAsync(network, "\"name\":\"mine\"");
            var bound = await world.BindAsync(
                Ids.Server(1),
                Ids.Host(1),
                Ids.Nic(network),
                Ids.Existing(existing),
                Ids.Nic(network, "10.0.0.99")
            );
            Assert.Equal(["10.0.0.4", "10.0.0.3", "10.0.0.99"], bound.Ports.Select(p => p.Addresses[0].Address));
            Assert.Equal("web-server-1", bound.Ports[0].HostName);
            Assert.Equal("10.0.0.2", Assert.Single(bound.Networks).Subnets[0].DhcpAddress);
            Assert.NotEmpty(bound.Ports[0].Rules);
            Assert.Equal(4, await world.UsedAsync("port"));
            var seen = await world.GetAsync($"/ports?device_id={Ids.Server(1)}", "admin");
            Assert.Equal(["compute:nova"], seen.All("ports", "device_owner").Distinct());
            Assert.Equal(["BUILD"], seen.All("ports", "status").Distinct());
            Assert.Equal(["metal-1"], seen.All("ports", "binding:host_id").Distinct());
            Assert.Equal(["bridge"], seen.All("ports", "binding:vif_type").Distinct());
        });

    [Fact]
    public void Compute_sees_a_servers_ports_in_the_order_of_their_attachment() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/24");
            await world.BindAsync(
                Ids.Server(1),
                Ids.Host(1),
                Ids.Nic(network, "10.0.0.9"),
                Ids.Nic(network, "10.0.0.5")
            );
            await world.ActivateAsync(Ids.Server(1));
            var queries = world.Get<INetworks>();
            var all = await world.Db.ReadAsync(tx => queries.ListServerPortsAsync(tx, [Ids.Server(1), Ids.Server(2)]));
            var ports = Assert.Single(all).Value;
            Assert.Equal(["10.0.0.9", "10.0.0.5"], ports.Select(p => p.Addresses[0].Address));
            Assert.Equal(
                ("n", "ACTIVE", "default"),
                (ports[0].NetworkName, ports[0].Status, Assert.Single(ports[0].SecurityGroups))
            );
        });

    [Fact]
    public void Unbinding_deletes_what_was_made_and_frees_what_was_brought() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/24");
            var existing = await world.PortAsync(network);
            await world.BindAsync(Ids.Server(1), Ids.Host(1), Ids.Nic(network), Ids.Existing(existing));
            await world.ActivateAsync(Ids.Server(1));
            for (var i = 0; i < 2; i++)
                await world.UnbindAsync(Ids.Server(1)); // content with finding nothing
            var left = await world.GetAsync("/ports?device_owner=", "admin");
            Assert.Equal([existing], left.All("ports", "id"));
            Assert.Equal(["unbound"], left.All("ports", "binding:vif_type"));
            Assert.Equal(["DOWN"], left.All("ports", "status"));
            Assert.Equal((2, 2), (await world.CountAsync("ports"), await world.UsedAsync("port")));
            await world.BindAsync(Ids.Server(2), Ids.Host(1), Ids.Existing(existing));
        });

    [Fact]
    public void A_port_in_use_is_refused_and_nothing_is_made() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var existing = await world.PortAsync(network);
            await world.BindAsync(Ids.Server(1), Ids.Host(1), Ids.Existing(existing));
            var fault = await Assert.ThrowsAsync<Fault>(() =>
                world.BindAsync(Ids.Server(2), Ids.Host(1), Ids.Nic(network), Ids.Existing(existing))
            );
            Assert.Equal((FaultCode.Conflict, $"Port {existing} is still in use."), (fault.Code, fault.Message));
            Assert.Equal((1, 1), (await world.CountAsync("ports"), await world.UsedAsync("port")));
        });

    [Fact]
    public void What_is_missing_or_foreign_is_named() =>
        NetworkWorld.Run(async world =>
        {
            var foreign = await world.NetworkAsync(token: "other");
            var port = await world.PortAsync(foreign, token: "other");
            foreach (var nic in new[] { Ids.Nic(foreign), Ids.Existing(port) })
            {
                var fault = await Assert.ThrowsAsync<Fault>(() => world.BindAsync(Ids.Server(1), Ids.Host(1), nic));
                Assert.Equal(FaultCode.NotFound, fault.Code);
            }
        });

    [Fact]
    public void No_address_and_no_quota_fail_the_build_with_their_cause() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/30"); // its one address is the DHCP server's
            var full = await Assert.ThrowsAsync<Fault>(() =>
                world.BindAsync(Ids.Server(1), Ids.Host(1), Ids.Nic(network))
            );
            Assert.Equal("IpAddressGenerationFailure", full.Type);
            await world.PutAsync($"/quotas/{NetworkWorld.Project}", """{"quota":{"port":1}}""", "admin");
            var over = await Assert.ThrowsAsync<Fault>(() =>
                world.BindAsync(Ids.Server(1), Ids.Host(1), Ids.Nic(network))
            );
            Assert.Equal((FaultCode.QuotaExceeded, "OverQuota"), (over.Code, over.Type));
            Assert.Equal(1, await world.UsedAsync("port"));
        });

    [Fact]
    public void The_default_group_is_there_when_a_server_asks_for_it() =>
        NetworkWorld.Run(async world =>
        {
            var queries = world.Get<INetworks>();
            var project = new ProjectId(NetworkWorld.Project);
            var id = await world.Db.WriteAsync(tx => queries.FindSecurityGroupAsync(tx, project, "default"));
            Assert.NotNull(id);
            var again = await world.Db.ReadAsync(tx => queries.FindSecurityGroupAsync(tx, project, id.ToString()!));
            Assert.Equal(id, again);
            Assert.Null(await world.Db.ReadAsync(tx => queries.FindSecurityGroupAsync(tx, project, "none")));
            await world.GroupAsync("twice");
            await world.GroupAsync("twice");
            var fault = await Assert.ThrowsAsync<Fault>(() =>
                world.Db.ReadAsync(tx => queries.FindSecurityGroupAsync(tx, project, "twice"))
            );
            Assert.Equal(FaultCode.Conflict, fault.Code);
        });

    [Fact]
    public void Compute_finds_what_the_project_may_use() =>
        NetworkWorld.Run(async world =>
        {
            var queries = world.Get<INetworks>();
            var mine = await world.NetworkAsync();
            await world.SubnetAsync(mine, "10.0.0.0/24");
            var shared = await world.NetworkAsync(
                "\"shared\":true,\"tenant_id\":\"22222222222222222222222222222222\"",
                "admin"
            );
            var foreign = await world.NetworkAsync(token: "other");
            var project = new ProjectId(NetworkWorld.Project);
            var port = await world.PortAsync(mine, "\"device_id\":\"d\"");
            await world.Db.ReadAsync(async tx =>
            {
                Assert.True((await queries.FindAsync(tx, project, new(Guid.Parse(mine))))!.HasSubnets);
                Assert.False((await queries.FindAsync(tx, project, new(Guid.Parse(shared))))!.HasSubnets);
                Assert.Null(await queries.FindAsync(tx, project, new(Guid.Parse(foreign))));
                Assert.Equal(mine, Assert.Single(await queries.ListOwnAsync(tx, project)).Id.ToString());
                Assert.Equal("d", (await queries.FindPortAsync(tx, project, new(Guid.Parse(port))))!.Device);
                Assert.Null(await queries.FindPortAsync(tx, new(NetworkWorld.Other), new(Guid.Parse(port))));
                return true;
            });
        });
}
