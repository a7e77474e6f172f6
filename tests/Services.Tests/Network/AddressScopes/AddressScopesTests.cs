using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.AddressScopes;

public sealed class AddressScopesTests
{
    [Fact]
    public void The_answers_have_the_documented_shape() =>
        NetworkWorld.Run(async world =>
        {
            var created = await ScopeAsync(world);
            Golden.Matches(created.Golden, "network/address-scopes/create.201.json");
            var id = created.Id("address_scope");
            var path = $"/address-scopes/{id}";
            Assert.Equal("s2", (await world.PutAsync(path, Body("\"name\":\"s2\""))).Text("address_scope", "name"));
            Golden.Matches(
                (await world.GetAsync("/address-scopes?name=s2")).Golden,
                "network/address-scopes/list.200.json"
            );
            Assert.Equal((404, "AddressScopeNotFound"), (await world.GetAsync(path, "other")).Fault);
            Assert.Equal((403, "PolicyNotAuthorized"), (await world.PutAsync(path, Body("\"shared\":true"))).Fault);
            Assert.Equal(
                "True",
                (await world.PutAsync(path, Body("\"shared\":true"), "admin")).Text("address_scope", "shared")
            );
            Assert.Equal("True", (await world.GetAsync(path, "other")).Text("address_scope", "shared"));
            Assert.Equal(
                [id],
                (await world.GetAsync("/address-scopes?shared=true", "other")).All("address_scopes", "id")
            );
            Assert.Equal((403, "PolicyNotAuthorized"), (await world.DeleteAsync(path, "other")).Fault);
            var unshared = await world.PutAsync(path, Body("\"shared\":false"), "admin");
            Assert.Equal((400, "AddressScopeUpdateError"), unshared.Fault);
            Assert.Equal(204, (await world.DeleteAsync(path)).Status);
            Assert.Equal(0, await world.CountAsync("rbac_policies"));
            Assert.Equal(0, await world.UsedAsync("rbac_policy"));
        });

    [Theory]
    [InlineData("\"ip_version\":5", "HTTPBadRequest")]
    [InlineData("\"name\":\"x\"", "HTTPBadRequest")]
    public void A_scope_of_no_known_version_is_refused(string attributes, string type) =>
        NetworkWorld.Run(async world =>
            Assert.Equal((400, type), (await world.PostAsync("/address-scopes", Body(attributes))).Fault)
        );

    [Fact]
    public void Prefixes_of_a_scope_never_overlap_and_networks_show_it() =>
        NetworkWorld.Run(async world =>
        {
            var scope = (await ScopeAsync(world)).Id("address_scope");
            var pool = (await PoolAsync(world, "10.0.0.0/16", scope)).Id("subnetpool");
            var clash = await PoolAsync(world, "10.0.128.0/17", scope);
            Assert.Equal((409, "AddressScopePrefixConflict"), clash.Fault);
            var beside = (await PoolAsync(world, "10.1.0.0/16", scope)).Id("subnetpool");
            var network = await world.NetworkAsync();
            foreach (var one in new[] { pool, beside }) // pools of one scope may serve one network
                Assert.Equal(201, (await CutAsync(world, network, one)).Status);
            Assert.Equal(scope, (await world.GetAsync($"/networks/{network}")).Text("network", "ipv4_address_scope"));
            var free = (await PoolAsync(world, "10.2.0.0/16", null)).Id("subnetpool");
            Assert.Equal((400, "NetworkAddressScopeAffinityError"), (await CutAsync(world, network, free)).Fault);
            var moved = await world.PutAsync($"/subnetpools/{pool}", """{"subnetpool":{"address_scope_id":null}}""");
            Assert.Equal((400, "NetworkAddressScopeAffinityError"), moved.Fault);
            Assert.Equal((409, "AddressScopeInUse"), (await world.DeleteAsync($"/address-scopes/{scope}")).Fault);
        });

    [Fact]
    public void Anothers_scope_takes_pools_when_it_is_shared() =>
        NetworkWorld.Run(async world =>
        {
            var scope = (await ScopeAsync(world)).Id("address_scope");
            var refused = await PoolAsync(world, "10.0.0.0/16", scope, "other");
            Assert.Equal((400, "IllegalSubnetPoolAssociationToAddressScope"), refused.Fault);
            await world.PutAsync($"/address-scopes/{scope}", Body("\"shared\":true"), "admin");
            var pool = (await PoolAsync(world, "10.0.0.0/16", scope, "other")).Id("subnetpool");
            var left = await world.PutAsync(
                $"/subnetpools/{pool}",
                """{"subnetpool":{"address_scope_id":null}}""",
                "other"
            );
            Assert.Equal((400, "IllegalSubnetPoolUpdate"), left.Fault);
        });

    private static Task<Seen> ScopeAsync(NetworkWorld world) =>
        world.PostAsync("/address-scopes", Body("\"name\":\"s1\",\"ip_version\":4"));

    private static Task<Seen> PoolAsync(NetworkWorld world, string prefix, string? scope, string token = "member") =>
        world.PostAsync(
            "/subnetpools",
            NetworkWorld.Item(
                "subnetpool",
                $"\"name\":\"p\",\"prefixes\":[\"{prefix}\"],\"default_prefixlen\":24",
                scope is null ? "" : NetworkWorld.Pair("address_scope_id", scope)
            ),
            token
        );

    private static Task<Seen> CutAsync(NetworkWorld world, string network, string pool) =>
        world.PostAsync(
            "/subnets",
            NetworkWorld.Item(
                "subnet",
                NetworkWorld.Pair("network_id", network),
                NetworkWorld.Pair("subnetpool_id", pool),
                "\"ip_version\":4"
            )
        );

    private static string Body(string attributes) => NetworkWorld.Item("address_scope", attributes);
}
