using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Network;

namespace Pipeline.Services.Tests.Network.Hosts;

/// <summary>Hosts know the names of a network's guests on all its hosts, and are told of each change by itself.</summary>
public sealed class NameTests
{
    private static readonly HostId One = Ids.Host(1);
    private static readonly HostId Two = Ids.Host(2);

    [Fact]
    public void A_name_that_comes_is_told_to_the_other_hosts_of_its_network() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            await world.RunServerAsync(Ids.Server(1), One, network);
            Assert.Empty(await world.RefreshedAsync()); // nobody else is there yet
            var far = await world.RunServerAsync(Ids.Server(2), Two, network);
            var told = await NewsAsync(world);
            Assert.Equal([One, Two], told.Keys.OrderBy(h => h.Value));
            Assert.Equal((false, far, "web-server-1", "10.0.0.4"), Single(told[One]));
            Assert.True(told[Two].All);
            Assert.Equal(["10.0.0.3", "10.0.0.4"], told[Two].Ports.SelectMany(p => p.Addresses).Order());
        });

    [Fact]
    public void One_more_port_is_one_small_piece_of_news_for_each_host() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            await SpreadAsync(world, network);
            var port = await world.PortAsync(network, "\"dns_name\":\"db\"");
            var orders = await world.RefreshedAsync();
            Assert.Equal([One, Two], orders.Select(o => o.Host).OrderBy(h => h.Value));
            Assert.All(orders, o => Assert.Empty(o.Networks));
            Assert.All(orders, o => Assert.Equal((false, port, "db", "10.0.0.5"), Single(Assert.Single(o.Names!))));
            await world.PortAsync(network);
            Assert.Empty(await world.RefreshedAsync()); // on no host and without a name
        });

    [Fact]
    public void A_name_that_changes_or_moves_to_another_address_is_told() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            var port = (await SpreadAsync(world, network))[0];
            await world.PutAsync($"/ports/{port}", """{"port":{"dns_name":"front"}}""");
            Assert.Equal((false, port, "front", "10.0.0.3"), Single((await NewsAsync(world))[Two]));
            await world.PutAsync($"/ports/{port}", """{"port":{"fixed_ips":[{"ip_address":"10.0.0.77"}]}}""");
            Assert.Equal((false, port, "front", "10.0.0.77"), Single((await NewsAsync(world))[Two]));
            await world.PutAsync($"/ports/{port}", """{"port":{"dns_name":""}}""");
            Assert.Equal((false, port, "web-server-1", "10.0.0.77"), Single((await NewsAsync(world))[Two]));
            await world.PutAsync($"/ports/{port}", """{"port":{"name":"another"}}""");
            Assert.Empty(await world.RefreshedAsync());
        });

    [Fact]
    public void A_name_that_goes_is_told() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            var ports = await SpreadAsync(world, network);
            Assert.Equal(204, (await world.DeleteAsync($"/ports/{ports[0]}")).Status);
            Assert.Equal((false, ports[0], null, null), Single((await NewsAsync(world))[Two]));
            await world.RunServerAsync(Ids.Server(3), One, network);
            await QuietAsync(world);
            await world.UnbindAsync(Ids.Server(2));
            Assert.Equal((false, ports[1], null, null), Single((await NewsAsync(world))[One]));
        });

    [Fact]
    public void A_port_that_moves_keeps_the_name_that_is_its_own_and_loses_its_servers() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            await SpreadAsync(world, network);
            var port = await world.PortAsync(network, "\"dns_name\":\"db\"");
            var plain = await world.PortAsync(network);
            await world.BindAsync(Ids.Server(3), One, Ids.Existing(port), Ids.Existing(plain));
            await world.ActivateAsync(Ids.Server(3));
            await QuietAsync(world);
            await world.UnbindAsync(Ids.Server(3));
            var told = (await NewsAsync(world))[Two].Ports.ToDictionary(p => p.Port.ToString());
            Assert.Equal(("db", null), (told[port].Name, told[plain].Name));
            await world.BindAsync(Ids.Server(3), Two, Ids.Existing(port), Ids.Existing(plain));
            var moved = await NewsAsync(world);
            Assert.Equal(["db", "web-server-1"], moved[One].Ports.Select(p => p.Name).Order());
            Assert.DoesNotContain(Two, moved.Keys); // it plugs them itself
        });

    [Fact]
    public void Another_projects_network_has_names_of_its_own() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            await SpreadAsync(world, network);
            var theirs = await world.NetworkAsync("\"port_security_enabled\":false", "other");
            await world.PostAsync("/subnets", NetworkWorld.SubnetBody(theirs, "10.0.0.0/24"), "other");
            await world.PortAsync(theirs, "\"dns_name\":\"secret\"", "other");
            Assert.Empty(await world.RefreshedAsync());
            await world.RunServerAsync(Ids.Server(3), One, network);
            Assert.DoesNotContain("secret", (await NewsAsync(world)).Values.SelectMany(n => n.Ports, (_, p) => p.Name));
        });

    [Fact]
    public void A_host_that_missed_some_is_told_what_holds_by_then() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            var ports = await SpreadAsync(world, network);
            for (var i = 0; i < 5; i++)
                await world.PutAsync($"/ports/{ports[0]}", $$$"""{"port":{"dns_name":"front-{{{i}}}"}}""");
            var late = await world.PortAsync(network, "\"dns_name\":\"late\"");
            await world.SettleAsync();
            await world.Hosts.ForgetAsync();
            await world.DeleteAsync($"/ports/{late}");
            await world.PassAsync(TimeSpan.FromMinutes(11));
            await world.SweepAsync();
            var told = (await NewsAsync(world))[Two];
            Assert.False(told.All);
            var names = told.Ports.ToDictionary(p => p.Port.ToString(), p => p.Name);
            Assert.Equal(("front-4", null), (names[ports[0]], names[late]));
            Assert.Equal(0, await world.CountAsync("name_news"));
        });

    [Fact]
    public void A_subnet_whose_guests_make_their_own_addresses_renames_all() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            await SpreadAsync(world, network);
            var subnet = await world.Subnet6Async(network, "fd00::/64");
            var told = (await NewsAsync(world))[One];
            Assert.True(told.All);
            Assert.All(
                told.Ports,
                p => Assert.Contains(p.Addresses, a => a.StartsWith("fd00::", StringComparison.Ordinal))
            );
            Assert.Equal(204, (await world.DeleteAsync($"/subnets/{subnet}")).Status);
            Assert.All((await NewsAsync(world))[One].Ports, p => Assert.Single(p.Addresses));
        });

    [Fact]
    public void A_host_that_has_left_is_told_no_names_and_one_that_is_alone_never_was() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            await SpreadAsync(world, network);
            await world.RunServerAsync(Ids.Server(3), Ids.Host(3), network);
            await world.UnbindAsync(Ids.Server(2));
            await QuietAsync(world);
            await world.PortAsync(network, "\"dns_name\":\"db\"");
            Assert.Equal([One], (await NewsAsync(world)).Keys);
            Assert.Equal(1, await world.CountAsync("name_hosts"));
        });

    [Fact]
    public void A_host_that_gets_an_address_towards_the_others_is_told_all_names() =>
        NetworkWorld.Run(async world =>
        {
            var network = await FilledAsync(world);
            await SpreadAsync(world, network);
            await world.RunServerAsync(Ids.Server(3), Ids.Host(3), network);
            await QuietAsync(world);
            await world.ReportAsync(Ids.Host(3), "192.0.2.3");
            var told = (await NewsAsync(world))[Ids.Host(3)];
            Assert.Equal((true, 3), (told.All, told.Ports.Count));
            await world.ReportAsync(Ids.Host(3), "192.0.2.3");
            Assert.Empty(await world.RefreshedAsync());
        });

    private static async Task<string> FilledAsync(NetworkWorld world)
    {
        await world.ReportAsync(One, "192.0.2.1");
        await world.ReportAsync(Two, "192.0.2.2");
        var network = await world.NetworkAsync("\"port_security_enabled\":false"); // members of groups are no news here
        await world.SubnetAsync(network, "10.0.0.0/24");
        return network;
    }

    /// <summary>A guest on either host; its ports.</summary>
    private static async Task<IReadOnlyList<string>> SpreadAsync(NetworkWorld world, string network)
    {
        string[] ports =
        [
            await world.RunServerAsync(Ids.Server(1), One, network),
            await world.RunServerAsync(Ids.Server(2), Two, network),
        ];
        await QuietAsync(world);
        return ports;
    }

    private static async Task QuietAsync(NetworkWorld world)
    {
        while ((await world.RefreshedAsync()).Count > 0) { }
    }

    /// <summary>What each host is told last of the one network's names.</summary>
    private static async Task<IReadOnlyDictionary<HostId, HostNames>> NewsAsync(NetworkWorld world) =>
        (await world.RefreshedAsync())
            .Where(o => o.Names is not null)
            .GroupBy(o => o.Host, o => Assert.Single(o.Names!))
            .ToDictionary(o => o.Key, o => o.Last());

    private static (bool All, string Port, string? Name, string? Address) Single(HostNames news)
    {
        var port = Assert.Single(news.Ports);
        return (news.All, port.Port.ToString(), port.Name, port.Addresses.SingleOrDefault());
    }
}
