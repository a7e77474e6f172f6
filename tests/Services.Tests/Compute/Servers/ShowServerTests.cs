using Pipeline.Contracts;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.Compute.Servers;

public sealed class ShowServerTests
{
    [Fact]
    public void A_server_has_the_documented_shape_from_its_order_to_its_life() =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.AcceptAsync(more: ""","metadata":{"a":"b"}""");
            Golden.Matches((await world.GetAsync($"/servers/{id}")).Golden, "compute/servers/show-build.200.json");
            await world.SettleAsync();
            Golden.Matches((await world.GetAsync($"/servers/{id}")).Golden, "compute/servers/show.200.json");
            var admins = await world.GetAsync($"/servers/{id}", "theirs:admin");
            Golden.Matches(admins.Golden, "compute/servers/show-admin.200.json");
        });

    [Fact]
    public void A_build_that_failed_says_why_and_holds_nothing_on_a_host() =>
        ComputeWorld.Run(async world =>
        {
            world.Failing["StartGuest"] = new(FaultCode.DriverFailed, "qemu-system-x86_64 failed with code 1");
            var id = await world.BuildAsync();
            Golden.Matches((await world.GetAsync($"/servers/{id}")).Golden, "compute/servers/show-error.200.json");
            Assert.Equal(0, await world.CountAsync("allocations"));
            Assert.Equal(0, await world.CountAsync("ports", "device_owner LIKE 'compute:%'"));
        });

    [Fact]
    public void The_host_is_told_by_a_hash_that_differs_by_project() =>
        ComputeWorld.Run(async world =>
        {
            var one = await world.BuildAsync("one");
            var two = await world.BuildAsync("two");
            var hash = (await world.GetAsync($"/servers/{one}")).Text("server", "hostId");
            Assert.Equal(56, hash.Length);
            Assert.Equal(hash, (await world.GetAsync($"/servers/{two}")).Text("server", "hostId"));
        });

    [Fact]
    public void An_unknown_one_is_404() =>
        ComputeWorld.Run(async world =>
        {
            var missing = await world.GetAsync("/servers/99999999-0000-4000-8000-000000000000");
            Golden.Matches(missing.Golden, "compute/servers/show.404.json");
            Assert.StartsWith("404 itemNotFound: ", (await world.GetAsync("/servers/one")).Fault);
        });
}
