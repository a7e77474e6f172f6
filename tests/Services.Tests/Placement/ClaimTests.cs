using Pipeline.Contracts;
using Pipeline.Contracts.Placement;
using Pipeline.Services.Tests.Compute;

namespace Pipeline.Services.Tests.Placement;

/// <summary>Claims compare again and write in one statement.</summary>
public sealed class ClaimTests
{
    private static readonly Resources Wanted = new(4, 4096, 50);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Many_at_once_never_take_more_than_a_host_has(int seed) =>
        ComputeWorld.Run(
            async world =>
            {
                var host = await world.AddHostAsync("metal-2", vcpus: 2, memoryMib: 100_000, diskGib: 5000);
                var claims = await Task.WhenAll(Enumerable.Range(1, 5).Select(i => ClaimAsync(world, host, i)));
                Assert.Equal(2, claims.Count(c => c is not null)); // 2 × the CPU ratio of 4, by 4
                Assert.Equal(8, await UsedAsync(world, host, "used_vcpus"));
            },
            seed
        );

    [Theory]
    [InlineData(4, 4607, 50)] // 512 MiB are the host's own
    [InlineData(0, 99_999, 50)]
    [InlineData(4, 99_999, 49)]
    public void What_does_not_fit_claims_nothing(int vcpus, int memoryMib, int diskGib) =>
        ComputeWorld.Run(async world =>
        {
            var host = await world.AddHostAsync("metal-2", vcpus, memoryMib, diskGib);
            Assert.Null(await ClaimAsync(world, host, 1));
            Assert.Equal((0, 0), (await UsedAsync(world, host, "used_vcpus"), await world.CountAsync("allocations")));
        });

    [Theory]
    [InlineData("state = 'down'")]
    [InlineData("enabled = 0")]
    public void A_host_that_left_since_it_was_ranked_takes_nothing(string change) =>
        ComputeWorld.Run(async world =>
        {
            var host = (await world.GetHostsAsync())[0];
            await world.SetHostAsync(host, change);
            Assert.Null(await ClaimAsync(world, host, 1));
        });

    [Fact]
    public void The_same_server_again_is_the_same_claim_and_on_another_host_none() =>
        ComputeWorld.Run(async world =>
        {
            var (host, other) = ((await world.GetHostsAsync())[0], await world.AddHostAsync("metal-2"));
            var first = await ClaimAsync(world, host, 1);
            Assert.Equal(first, await ClaimAsync(world, host, 1));
            Assert.Null(await ClaimAsync(world, other, 1));
            Assert.Equal(4, await UsedAsync(world, host, "used_vcpus"));
            Assert.Equal(0, await UsedAsync(world, other, "used_vcpus"));
        });

    [Fact]
    public void What_is_given_back_is_given_back_once() =>
        ComputeWorld.Run(async world =>
        {
            var host = (await world.GetHostsAsync())[0];
            await ClaimAsync(world, host, 1);
            await ClaimAsync(world, host, 2);
            await ReleaseAsync(world, 1);
            await ReleaseAsync(world, 1);
            Assert.Equal(4, await UsedAsync(world, host, "used_vcpus"));
            Assert.Equal(4096, await UsedAsync(world, host, "used_memory_mib"));
            Assert.Equal(50, await UsedAsync(world, host, "used_disk_gib"));
        });

    [Fact]
    public void A_build_that_no_host_takes_ends_in_error_with_what_rejected_it() =>
        ComputeWorld.Run(async world =>
        {
            var small = await world.AddHostAsync("metal-2", vcpus: 1, memoryMib: 1024, diskGib: 5);
            await world.SetHostAsync((await world.GetHostsAsync()).Single(h => h != small), "state = 'down'");
            await world.PostAsync("/servers", world.Order(flavor: "large"));
            await world.SettleAsync();
            var server = (await world.GetAsync("/servers/detail")).Json.GetProperty("servers")[0];
            Assert.Equal("ERROR", server.GetProperty("status").GetString());
            Assert.Equal(
                "No valid host was found. Of 2 hosts: 1 rejected by memory (of 4096 MiB wanted), "
                    + "1 rejected by state (the host is down). (step ClaimHost)",
                server.GetProperty("fault").GetProperty("message").GetString()
            );
        });

    [Fact]
    public void Servers_spread_over_hosts() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddHostAsync("metal-2");
            await world.BuildAsync("one");
            await world.BuildAsync("two");
            Assert.Equal(2, await world.CountAsync("(SELECT DISTINCT host_id FROM allocations) AS hosts_taken"));
        });

    private static Task<Allocation?> ClaimAsync(ComputeWorld world, HostId host, int server) =>
        world.Db.WriteAsync(tx =>
            world
                .Get<IAllocations>()
                .TryClaimAsync(tx, Server(server), new(ComputeWorld.Mine), new(host, "metal-1", Wanted), Wanted)
        );

    private static Task ReleaseAsync(ComputeWorld world, int server) =>
        world.Db.WriteAsync(tx => world.Get<IAllocations>().ReleaseAsync(tx, Server(server)));

    private static Task<long> UsedAsync(ComputeWorld world, HostId host, string column) =>
        world.Db.ReadAsync(tx => tx.ScalarAsync<long>($"SELECT {column} FROM hosts WHERE id = @host", new { host }));

    private static ServerId Server(int number) => new(new Guid(number, 1, 0, new byte[8]));
}
