using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Network;
using static Pipeline.Services.Tests.Network.Trunks.TrunkWorld;

namespace Pipeline.Services.Tests.Network.Trunks;

/// <summary>What becomes of trunks on hosts: subports come and go with their parents, and while these run.</summary>
public sealed class TrunksOfGuestsTests
{
    private static readonly HostId Host = Ids.Host(1);
    private static readonly ServerId Server = Ids.Server(1);

    [Fact]
    public void A_build_gives_the_guest_all_that_its_port_has_and_its_end_frees_all() =>
        NetworkWorld.Run(async world =>
        {
            await world.CarriesAsync(Host);
            var (_, parent) = await world.PortOnNewAsync("10.0.0.0/24");
            var (network, sub) = await world.PortOnNewAsync("10.1.0.0/24");
            var trunk = await world.TrunkAsync(parent, Sub(sub, 101));
            var bound = await world.BindAsync(Server, Host, Ids.Existing(parent));
            Assert.Equal([parent, sub], bound.Ports.Select(p => $"{p.Id}"));
            Assert.Null(bound.Ports[0].Tag);
            Assert.Equal(new HostTag(bound.Ports[0].Id, 101), bound.Ports[1].Tag);
            Assert.Contains(bound.Networks, n => $"{n.Id}" == network);
            Assert.Equal("BUILD", await world.StatusAsync(trunk));
            Assert.Equal((409, "TrunkInUse"), (await world.DeleteAsync($"/trunks/{trunk}")).Fault);
            await world.ActivateAsync(Server);
            Assert.Equal("ACTIVE", await world.StatusAsync(trunk));
            var shown = await world.GetAsync($"/ports/{sub}", "admin");
            Assert.Equal(
                ("metal-1", "trunk:subport", trunk),
                (
                    shown.Text("port", "binding:host_id"),
                    shown.Text("port", "device_owner"),
                    shown.Text("port", "device_id")
                )
            );
            var held = await world.Db.ReadAsync(tx => world.Get<INetworks>().ListHeldPortsAsync(tx, Server));
            Assert.Equal(2, held.Count);
            var of = await world.Db.ReadAsync(tx => world.Get<INetworks>().ListServerPortsAsync(tx, [Server]));
            Assert.Equal(parent, $"{Assert.Single(of[Server]).Id}"); // a server does not show what it has by trunks
            await world.UnbindAsync(Server);
            Assert.Equal("DOWN", await world.StatusAsync(trunk));
            shown = await world.GetAsync($"/ports/{sub}", "admin");
            Assert.Equal(("", trunk), (shown.Text("port", "binding:host_id"), shown.Text("port", "device_id")));
            Assert.Equal(204, (await world.DeleteAsync($"/trunks/{trunk}")).Status);
        });

    [Fact]
    public void A_bound_port_gets_no_trunk() =>
        NetworkWorld.Run(async world =>
        {
            var (network, _) = await world.PortOnNewAsync("10.0.0.0/24");
            var port = await world.RunServerAsync(Server, Host, network);
            Assert.Equal((409, "ParentPortInUse"), (await world.PostAsync("/trunks", Body(port))).Fault);
        });

    [Fact]
    public void A_host_that_cannot_carry_trunks_says_why_and_the_build_ends() =>
        NetworkWorld.Run(async world =>
        {
            await world.CarriesAsync(Host, "none: no cls_bpf");
            var (network, parent) = await world.PortOnNewAsync("10.0.0.0/24");
            var trunk = await world.TrunkAsync(parent);
            await world.BindAsync(Server, Host, Ids.Existing(parent));
            await world.ActivateAsync(Server);
            var refused = await world.AddAsync(trunk, Sub(await world.PortAsync(network), 7));
            Assert.Equal((409, "PortBindingFailed"), refused.Fault);
            Assert.Contains("no cls_bpf", refused.Message);
            await world.UnbindAsync(Server);
            await world.AddAsync(trunk, Sub(await world.PortAsync(network), 7));
            var fault = await Assert.ThrowsAsync<Fault>(() => world.BindAsync(Server, Host, Ids.Existing(parent)));
            Assert.Equal("PortBindingFailed", fault.Type);
            Assert.Equal("DOWN", await world.StatusAsync(trunk));
        });

    [Fact]
    public void A_running_guest_gets_a_port_and_its_host_is_told_until_it_has_it() =>
        NetworkWorld.Run(async world =>
        {
            var (trunk, sub) = await RunAsync(world);
            Assert.Equal(200, (await world.AddAsync(trunk, Sub(sub, 101))).Status);
            Assert.Equal(("BUILD", "BUILD"), (await world.StatusAsync(trunk), await world.PortStatusAsync(sub)));
            await world.SettleAsync();
            Assert.Equal([sub], (await world.Hosts.ArrivedAsync<RefreshPorts>()).Added());
            await world.Hosts.ForgetAsync();
            await world.CrashAsync(); // whoever asked for it is gone, and the order is lost
            await world.PassAsync(TimeSpan.FromMinutes(11));
            await world.SweepAsync();
            Assert.Equal([sub], (await world.RefreshedAsync()).Added().Distinct()); // it may be told twice
            Assert.Equal(("ACTIVE", "ACTIVE"), (await world.StatusAsync(trunk), await world.PortStatusAsync(sub)));
            Assert.Empty(await world.RefreshedAsync());
        });

    [Fact]
    public void What_comes_to_a_trunk_while_its_guest_is_built_is_made_when_it_runs() =>
        NetworkWorld.Run(async world =>
        {
            await world.CarriesAsync(Host);
            var (_, parent) = await world.PortOnNewAsync("10.0.0.0/24");
            var (_, sub) = await world.PortOnNewAsync("10.1.0.0/24");
            var trunk = await world.TrunkAsync(parent);
            await world.BindAsync(Server, Host, Ids.Existing(parent));
            await world.AddAsync(trunk, Sub(sub, 101));
            Assert.Empty((await world.RefreshedAsync()).Added());
            await world.ActivateAsync(Server);
            Assert.Equal([sub], (await world.RefreshedAsync()).Added());
            Assert.Equal("ACTIVE", await world.StatusAsync(trunk));
        });

    [Fact]
    public void A_port_that_is_taken_out_is_free_when_its_host_has_let_go_of_it() =>
        NetworkWorld.Run(async world =>
        {
            var (trunk, sub) = await RunAsync(world);
            await world.AddAsync(trunk, Sub(sub, 101));
            await world.RefreshedAsync();
            Assert.Equal(200, (await world.RemoveAsync(trunk, sub)).Status);
            Assert.Equal(("ACTIVE", "DOWN"), (await world.StatusAsync(trunk), await world.PortStatusAsync(sub)));
            Assert.Equal((409, "PortInUse"), (await world.AddAsync(trunk, Sub(sub, 7))).Fault);
            await world.SettleAsync();
            var order = Assert.Single(await world.Hosts.ArrivedAsync<UnplugPorts>());
            Assert.Equal((Host, sub), (order.Host, $"{Assert.Single(order.Ports)}"));
            await world.Hosts.AnswerAsync();
            await world.SettleAsync();
            Assert.Equal(0, await world.CountAsync("ports", $"id = '{sub}' AND host_id IS NOT NULL"));
            Assert.Equal(200, (await world.AddAsync(trunk, Sub(sub, 7))).Status);
            Assert.Equal([sub], (await world.RefreshedAsync()).Added());
            Assert.Equal("ACTIVE", await world.StatusAsync(trunk));
        });

    [Fact]
    public void A_port_that_is_taken_out_before_it_came_is_taken_off_all_the_same() =>
        NetworkWorld.Run(async world =>
        {
            var (trunk, sub) = await RunAsync(world);
            await world.AddAsync(trunk, Sub(sub, 101));
            await world.RemoveAsync(trunk, sub);
            for (var i = 0; i < 3; i++)
                await world.RefreshedAsync();
            Assert.Equal(0, await world.CountAsync("ports", $"id = '{sub}' AND host_id IS NOT NULL"));
            Assert.Equal("ACTIVE", await world.StatusAsync(trunk));
        });

    [Fact]
    public void What_leaves_a_trunk_while_its_guest_is_built_is_taken_off_when_it_runs_or_with_it() =>
        NetworkWorld.Run(async world =>
        {
            await world.CarriesAsync(Host);
            var (network, parent) = await world.PortOnNewAsync("10.0.0.0/24");
            var (one, two) = (await world.PortAsync(network), await world.PortAsync(network));
            var trunk = await world.TrunkAsync(parent, Sub(one, 1), Sub(two, 2));
            await world.BindAsync(Server, Host, Ids.Existing(parent));
            await world.RemoveAsync(trunk, one);
            await world.DeleteAsync($"/ports/{one}");
            await world.SettleAsync();
            Assert.Empty(await world.Hosts.ArrivedAsync());
            await world.ActivateAsync(Server);
            await world.SettleAsync();
            Assert.Equal(one, $"{Assert.Single(Assert.Single(await world.Hosts.ArrivedAsync<UnplugPorts>()).Ports)}");
            await world.Hosts.AnswerAsync();
            await world.SettleAsync();
            Assert.Equal(0, await world.CountAsync("ports", $"id = '{one}'"));
            await world.UnbindAsync(Server);
            await world.BindAsync(Ids.Server(2), Host, Ids.Existing(parent));
            await world.RemoveAsync(trunk, two);
            await world.UnbindAsync(Ids.Server(2)); // the build is undone
            Assert.Equal(0, await world.CountAsync("ports", "host_id IS NOT NULL OR server_id IS NOT NULL"));
            Assert.Equal(204, (await world.DeleteAsync($"/ports/{two}")).Status);
        });

    [Fact]
    public void A_server_that_goes_while_a_port_comes_leaves_nothing_bound() =>
        NetworkWorld.Run(async world =>
        {
            var (trunk, sub) = await RunAsync(world);
            await world.AddAsync(trunk, Sub(sub, 101));
            await world.SettleAsync();
            await world.UnbindAsync(Server);
            await world.RefreshedAsync(); // the host's answer comes late
            Assert.Equal(0, await world.CountAsync("ports", "host_id IS NOT NULL OR server_id IS NOT NULL"));
            Assert.Equal("DOWN", await world.StatusAsync(trunk));
            Assert.Equal(204, (await world.DeleteAsync($"/trunks/{trunk}")).Status);
        });

    /// <summary>A server that runs with an empty trunk, and a free port of another network.</summary>
    private static async Task<(string Trunk, string Free)> RunAsync(NetworkWorld world)
    {
        await world.CarriesAsync(Host);
        var (_, parent) = await world.PortOnNewAsync("10.0.0.0/24");
        var (_, free) = await world.PortOnNewAsync("10.1.0.0/24");
        var trunk = await world.TrunkAsync(parent);
        await world.BindAsync(Server, Host, Ids.Existing(parent));
        await world.ActivateAsync(Server);
        await world.RefreshedAsync();
        return (trunk, free);
    }
}
