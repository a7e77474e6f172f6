using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.PrefixPools;

public sealed class SubnetPoolsTests
{
    private const string Sdk = """
        {"subnetpool":{"name":"pool1","description":"d","prefixes":["10.10.0.0/24","10.10.1.0/24","10.20.0.0/16"],
         "default_prefixlen":26,"min_prefixlen":"24","max_prefixlen":28,"default_quota":1024}}
        """;

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        NetworkWorld.Run(async world =>
        {
            var created = await world.PostAsync("/subnetpools", Sdk);
            Golden.Matches(created.Golden, "network/subnetpools/create.201.json");
            var id = created.Id("subnetpool");
            Assert.Equal("1", $"{await world.UsedAsync("subnetpool")}");
            var changed = await world.PutAsync(
                $"/subnetpools/{id}",
                """{"subnetpool":{"name":"pool2","default_prefixlen":25,"prefixes":["10.0.0.0/8"]}}"""
            );
            Assert.Equal("""["10.0.0.0/8"]""", changed.Text("subnetpool", "prefixes"));
            Assert.Equal("1", changed.Text("subnetpool", "revision_number"));
            await world.PutAsync($"/subnetpools/{id}/tags/red", "");
            Golden.Matches((await world.GetAsync("/subnetpools?tags=red")).Golden, "network/subnetpools/list.200.json");
            Golden.Matches((await world.GetAsync("/subnetpools/none")).Golden, "network/subnetpools/show.404.json");
            Assert.Equal(404, (await world.GetAsync($"/subnetpools/{id}", "other")).Status);
            Assert.Equal(204, (await world.DeleteAsync($"/subnetpools/{id}")).Status);
            Assert.Equal(0, await world.UsedAsync("subnetpool"));
        });

    private static readonly (string Attributes, int Status, string Type)[] Wrong =
    [
        ("\"prefixes\":[]", 400, "EmptySubnetPoolPrefixList"),
        ("\"prefixes\":[\"10.0.0.0/33\"]", 400, "HTTPBadRequest"),
        ("\"prefixes\":[\"2001:db8::/32\",\"10.0.0.0/8\"]", 400, "PrefixVersionMismatch"),
        ("\"prefixes\":[\"2001:db8::/32\"],\"max_prefixlen\":129", 400, "HTTPBadRequest"),
        ("\"prefixes\":[\"2001:db8::/32\"],\"max_prefixlen\":48", 400, "IllegalSubnetPoolPrefixBounds"),
        (
            "\"prefixes\":[\"10.0.0.0/8\"],\"min_prefixlen\":28,\"max_prefixlen\":24",
            400,
            "IllegalSubnetPoolPrefixBounds"
        ),
        ("\"prefixes\":[\"10.0.0.0/8\"],\"max_prefixlen\":33", 400, "IllegalSubnetPoolPrefixBounds"),
        (
            "\"prefixes\":[\"10.0.0.0/8\"],\"min_prefixlen\":24,\"default_prefixlen\":8",
            400,
            "IllegalSubnetPoolPrefixBounds"
        ),
        ("\"prefixes\":[\"10.0.0.0/8\"],\"default_quota\":-1", 400, "HTTPBadRequest"),
        ("\"prefixes\":[\"10.0.0.0/8\"],\"shared\":true", 403, "PolicyNotAuthorized"),
        ("\"prefixes\":[\"10.0.0.0/8\"],\"is_default\":true", 403, "PolicyNotAuthorized"),
        (
            "\"prefixes\":[\"10.0.0.0/8\"],\"address_scope_id\":\"00000000-0000-0000-0000-000000000001\"",
            404,
            "AddressScopeNotFound"
        ),
    ];

    [Fact]
    public void A_pool_that_makes_no_sense_is_refused_and_nothing_written() =>
        NetworkWorld.Run(async world =>
        {
            foreach (var (attributes, status, type) in Wrong)
            {
                var seen = await world.PostAsync(
                    "/subnetpools",
                    NetworkWorld.Item("subnetpool", "\"name\":\"p\"", attributes)
                );
                Assert.Equal((attributes, status, type), (attributes, seen.Fault.Status, seen.Fault.Type));
            }
            Assert.Equal(0, await world.CountAsync("subnet_pools"));
            Assert.Equal(0, await world.UsedAsync("subnetpool"));
        });

    [Fact]
    public void Subnets_are_cut_from_their_pool() =>
        NetworkWorld.Run(async world =>
        {
            var pool = (await world.PostAsync("/subnetpools", Sdk)).Id("subnetpool");
            var network = await world.NetworkAsync();
            var any = await CutAsync(world, network, pool);
            Assert.Equal(("10.10.0.0/26", pool, "10.10.0.1"), Of(any));
            Assert.Equal("10.10.1.0/24", Of(await CutAsync(world, network, pool, "\"prefixlen\":24")).Cidr);
            Assert.Equal("10.20.9.0/24", Of(await CutAsync(world, network, pool, "\"cidr\":\"10.20.9.0/24\"")).Cidr);
            var twice = await CutAsync(world, network, pool, "\"cidr\":\"10.20.9.0/26\"");
            Assert.Equal((409, "SubnetAllocationError"), twice.Fault);
            Assert.Equal(
                (409, "SubnetPoolQuotaExceeded"),
                (await CutAsync(world, network, pool, "\"prefixlen\":24", 2)).Fault
            );
            Assert.Equal((400, "SubnetPoolDeleteError"), (await world.DeleteAsync($"/subnetpools/{pool}")).Fault);
            await world.DeleteAsync($"/subnets/{any.Id("subnet")}");
            Assert.Equal("10.10.0.0/26", Of(await CutAsync(world, network, pool)).Cidr);
        });

    [Fact]
    public void Many_at_once_get_prefixes_of_their_own() =>
        NetworkWorld.Run(async world =>
        {
            var pool = (await world.PostAsync("/subnetpools", Sdk)).Id("subnetpool");
            var networks = new List<string>();
            for (var i = 0; i < 12; i++)
                networks.Add(await world.NetworkAsync());
            var made = await Task.WhenAll(networks.Select(n => CutAsync(world, n, pool)));
            Assert.Equal(12, made.Select(m => Of(m).Cidr).Distinct().Count());
        });

    [Fact]
    public void The_default_pool_serves_those_who_name_none() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var body = NetworkWorld.Item(
                "subnet",
                NetworkWorld.Pair("network_id", network),
                "\"ip_version\":4,\"use_default_subnetpool\":true"
            );
            Assert.Equal((400, "BadRequest"), (await world.PostAsync("/subnets", body)).Fault);
            const string pool =
                """{"subnetpool":{"name":"d","prefixes":["10.0.0.0/8"],"default_prefixlen":24,"is_default":true,"shared":true}}""";
            Assert.Equal(201, (await world.PostAsync("/subnetpools", pool, "admin")).Status);
            Assert.Equal((400, "InvalidInput"), (await world.PostAsync("/subnetpools", pool, "admin")).Fault);
            Assert.Equal("10.0.0.0/24", Of(await world.PostAsync("/subnets", body)).Cidr);
            var other = await world.NetworkAsync(token: "other");
            var theirs = await world.PostAsync("/subnets", body.Replace(network, other), "other");
            Assert.Equal("10.0.1.0/24", Of(theirs).Cidr);
            Assert.Equal(
                (403, "PolicyNotAuthorized"),
                (await world.DeleteAsync($"/subnetpools/{Of(theirs).Pool}", "other")).Fault
            );
        });

    [Fact]
    public void A_networks_subnets_are_of_one_pool() =>
        NetworkWorld.Run(async world =>
        {
            var pool = (await world.PostAsync("/subnetpools", Sdk)).Id("subnetpool");
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "192.168.0.0/24");
            Assert.Equal((400, "NetworkSubnetPoolAffinityError"), (await CutAsync(world, network, pool)).Fault);
            var onboarded = await world.PutAsync(
                $"/subnetpools/{pool}/onboard_network_subnets",
                NetworkWorld.Item("x", NetworkWorld.Pair("network_id", network))[5..^1]
            );
            Assert.Equal(200, onboarded.Status);
            Assert.Equal("192.168.0.0/24", onboarded.Json[0].GetProperty("cidr").GetString());
            Assert.Equal(201, (await CutAsync(world, network, pool)).Status);
            var free = await world.PostAsync("/subnets", NetworkWorld.SubnetBody(network, "172.16.0.0/24"));
            Assert.Equal((400, "NetworkSubnetPoolAffinityError"), free.Fault);
        });

    [Fact]
    public void Prefixes_are_added_and_taken_away_unless_a_subnet_has_them() =>
        NetworkWorld.Run(async world =>
        {
            var pool = (await world.PostAsync("/subnetpools", Sdk)).Id("subnetpool");
            await CutAsync(world, await world.NetworkAsync(), pool);
            var added = await world.PutAsync($"/subnetpools/{pool}/add_prefixes", """{"prefixes":["10.10.2.0/23"]}""");
            Assert.Equal("""{"prefixes":["10.10.0.0/22","10.20.0.0/16"]}""", added.Body);
            var removed = await world.PutAsync(
                $"/subnetpools/{pool}/remove_prefixes",
                """{"prefixes":["10.20.0.0/16"]}"""
            );
            Assert.Equal("""{"prefixes":["10.10.0.0/22"]}""", removed.Body);
            var held = await world.PutAsync(
                $"/subnetpools/{pool}/remove_prefixes",
                """{"prefixes":["10.10.0.0/24"]}"""
            );
            Assert.Equal((400, "IllegalSubnetPoolPrefixUpdate"), held.Fault);
            var fewer = await world.PutAsync(
                $"/subnetpools/{pool}",
                """{"subnetpool":{"prefixes":["10.10.0.0/24"]}}"""
            );
            Assert.Equal((400, "IllegalSubnetPoolPrefixUpdate"), fewer.Fault);
        });

    private static Task<Seen> CutAsync(
        NetworkWorld world,
        string network,
        string pool,
        string attributes = "",
        int count = 1
    )
    {
        var one = NetworkWorld.Item(
            "subnet",
            NetworkWorld.Pair("network_id", network),
            NetworkWorld.Pair("subnetpool_id", pool),
            "\"ip_version\":4",
            attributes
        )["{\"subnet\":".Length..^1];
        var body =
            count == 1
                ? $"{{\"subnet\":{one}}}"
                : $"{{\"subnets\":[{string.Join(',', Enumerable.Repeat(one, count))}]}}";
        return world.PostAsync("/subnets", body);
    }

    private static (string Cidr, string Pool, string Gateway) Of(Seen seen) =>
        seen.Status == 201
            ? (seen.Text("subnet", "cidr"), seen.Text("subnet", "subnetpool_id"), seen.Text("subnet", "gateway_ip"))
            : throw new InvalidOperationException(seen.Body);
}
