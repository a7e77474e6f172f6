using Pipeline.Contracts.Network;

namespace Pipeline.Services.Tests.Network.Hosts;

public sealed class TombstoneTests
{
    private static readonly HostId Host = Ids.Host(1);
    private static readonly ServerId Server = Ids.Server(1);

    [Fact]
    public void A_running_servers_port_goes_at_once_and_keeps_its_address_until_the_host_has_let_go() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/29");
            var port = await world.RunServerAsync(Server, Host, network);
            Assert.Equal(204, (await world.DeleteAsync($"/ports/{port}")).Status);
            Assert.Equal(404, (await world.GetAsync($"/ports/{port}")).Status);
            Assert.Equal(404, (await world.DeleteAsync($"/ports/{port}")).Status);
            Assert.Equal(1, await world.UsedAsync("port"));
            await world.SettleAsync();
            var order = Assert.Single(await world.Hosts.ArrivedAsync<UnplugPorts>());
            Assert.Equal((Host, Server, port), (order.Host, order.ServerId, Assert.Single(order.Ports).ToString()));
            Assert.Equal(network, Assert.Single(order.Networks).ToString());
            var taken = await world.PostAsync(
                "/ports",
                NetworkWorld.PortBody(network, "\"fixed_ips\":[{\"ip_address\":\"10.0.0.3\"}]")
            );
            Assert.Equal((409, "IpAddressAlreadyAllocated"), taken.Fault);
            await world.Hosts.AnswerAsync();
            await world.SettleAsync();
            Assert.Equal(1, await world.CountAsync("ports"));
            var free = await world.PostAsync(
                "/ports",
                NetworkWorld.PortBody(network, "\"fixed_ips\":[{\"ip_address\":\"10.0.0.3\"}]")
            );
            Assert.Equal(201, free.Status);
        });

    [Fact]
    public void A_network_with_a_tombstone_goes_at_once_and_keeps_its_segment() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var subnet = await world.SubnetAsync(network, "10.0.0.0/24");
            var port = await world.RunServerAsync(Server, Host, network);
            await world.DeleteAsync($"/ports/{port}");
            Assert.Equal(204, (await world.DeleteAsync($"/networks/{network}")).Status);
            Assert.Equal(404, (await world.GetAsync($"/networks/{network}")).Status);
            Assert.Equal(404, (await world.GetAsync($"/subnets/{subnet}")).Status);
            Assert.Empty((await world.GetAsync("/networks", "admin")).All("networks", "id"));
            Assert.Equal(1, await world.CountAsync("networks"));
            await world.SettleAsync();
            await world.Hosts.AnswerAsync();
            await world.SettleAsync();
            foreach (
                var table in new[] { "networks", "ports", "ip_allocations", "free_ranges", "port_security_groups" }
            )
                Assert.Equal((table, 0), (table, await world.CountAsync(table)));
        });

    [Fact]
    public void A_new_subnet_over_the_same_addresses_does_not_give_a_tombstones_away() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var subnet = await world.SubnetAsync(network, "10.0.0.0/29");
            var port = await world.RunServerAsync(Server, Host, network); // 10.0.0.3
            await world.DeleteAsync($"/ports/{port}");
            Assert.Equal(204, (await world.DeleteAsync($"/subnets/{subnet}")).Status);
            await world.SubnetAsync(network, "10.0.0.0/29", "\"enable_dhcp\":false");
            Assert.Equal(["10.0.0.2"], (await world.PostAsync("/ports", NetworkWorld.PortBody(network))).Addresses);
            Assert.Equal(["10.0.0.4"], (await world.PostAsync("/ports", NetworkWorld.PortBody(network))).Addresses);
            await world.SettleAsync();
            await world.Hosts.AnswerAsync();
            await world.SettleAsync();
            Assert.Equal(["10.0.0.5"], (await world.PostAsync("/ports", NetworkWorld.PortBody(network))).Addresses);
            Assert.Equal(["10.0.0.6"], (await world.PostAsync("/ports", NetworkWorld.PortBody(network))).Addresses);
            Assert.Equal(["10.0.0.3"], (await world.PostAsync("/ports", NetworkWorld.PortBody(network))).Addresses);
        });

    [Fact]
    public void A_port_deleted_while_it_is_plugged_is_taken_off_afterwards() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var bound = await world.BindAsync(Server, Host, Ids.Nic(network));
            await world.DeleteAsync($"/ports/{bound.Ports[0].Id}");
            await world.SettleAsync();
            Assert.Empty(await world.Hosts.ArrivedAsync());
            await world.ActivateAsync(Server);
            await world.SettleAsync();
            Assert.Single(await world.Hosts.ArrivedAsync<UnplugPorts>());
            await world.Hosts.AnswerAsync();
            await world.SettleAsync();
            Assert.Equal(0, await world.CountAsync("ports"));
        });

    [Fact]
    public void A_build_that_is_undone_frees_what_was_deleted_meanwhile() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var bound = await world.BindAsync(Server, Host, Ids.Nic(network), Ids.Nic(network));
            await world.DeleteAsync($"/ports/{bound.Ports[0].Id}");
            await world.UnbindAsync(Server);
            await world.SettleAsync();
            Assert.Equal((0, 0), (await world.CountAsync("ports"), await world.UsedAsync("port")));
            Assert.Empty(await world.Hosts.ArrivedAsync());
        });

    [Fact]
    public void A_server_that_is_deleted_leaves_its_tombstones_to_their_own_removal() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var port = await world.RunServerAsync(Server, Host, network);
            await world.DeleteAsync($"/ports/{port}");
            await world.UnbindAsync(Server);
            Assert.Equal(1, await world.CountAsync("ports"));
            await world.SettleAsync();
            await world.Hosts.AnswerAsync();
            await world.SettleAsync();
            Assert.Equal(0, await world.CountAsync("ports"));
        });

    [Fact]
    public void A_host_that_is_silent_is_waited_for_and_one_that_was_removed_is_not() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var port = await world.RunServerAsync(Server, Host, network);
            await world.DeleteAsync($"/ports/{port}");
            await world.PassAsync(TimeSpan.FromHours(5));
            Assert.Equal(1, await world.CountAsync("ports"));
            world.Hosts.Removed.Add(Host);
            await world.PassAsync(TimeSpan.FromHours(1.1));
            Assert.Equal(0, await world.CountAsync("ports"));
            Assert.Equal(0, await world.CountAsync("instances", "status <> 'Completed'"));
        });

    [Fact]
    public void A_removal_goes_on_after_the_functions_host_died() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var port = await world.RunServerAsync(Server, Host, network);
            await world.DeleteAsync($"/ports/{port}");
            await world.CrashAsync();
            await world.SettleAsync();
            await world.CrashAsync();
            await world.SettleAsync();
            await world.Hosts.AnswerAsync();
            await world.SettleAsync();
            Assert.Equal(0, await world.CountAsync("ports"));
        });

    [Fact]
    public void A_host_that_fails_to_unplug_is_asked_again() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var port = await world.RunServerAsync(Server, Host, network);
            await world.DeleteAsync($"/ports/{port}");
            for (var i = 0; i < 3; i++)
            {
                await world.PassAsync(TimeSpan.FromSeconds(40));
                await world.Hosts.AnswerAsync(new FaultDetails(FaultCode.DriverFailed, "no"));
            }
            Assert.Equal(1, await world.CountAsync("ports"));
            await world.PassAsync(TimeSpan.FromSeconds(40));
            Assert.Equal(1, await world.Hosts.AnswerAsync());
            await world.SettleAsync();
            Assert.Equal(0, await world.CountAsync("ports"));
        });
}
