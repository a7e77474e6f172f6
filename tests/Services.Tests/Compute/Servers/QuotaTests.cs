namespace Pipeline.Services.Tests.Compute.Servers;

/// <summary>Usage is claimed with the server's record and given back with it.</summary>
public sealed class QuotaTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Many_at_once_leave_exactly_the_limit(int seed) =>
        ComputeWorld.Run(
            async world =>
            {
                await LimitAsync(world, "instances", 3);
                var all = await Task.WhenAll(
                    Enumerable.Range(0, 8).Select(i => world.PostAsync("/servers", world.Order($"server-{i}")))
                );
                Assert.Equal(3, all.Count(reply => reply.Status == 202));
                Assert.All(all.Where(r => r.Status != 202), r => Assert.StartsWith("403 forbidden: Quota", r.Fault));
                Assert.Equal((3, 3), (await world.CountAsync("servers"), await world.UsedAsync("instances")));
                Assert.Equal((3, 1536), (await world.UsedAsync("cores"), await world.UsedAsync("ram")));
            },
            seed
        );

    [Theory]
    [InlineData("instances", 1, "Quota exceeded for instances: Requested 2, but already used 0 of 1 instances")]
    [InlineData("cores", 7, "Quota exceeded for cores: Requested 8, but already used 0 of 7 cores")]
    [InlineData("ram", 8191, "Quota exceeded for ram: Requested 8192, but already used 0 of 8191 ram")]
    public void More_than_is_left_is_403_in_Novas_words(string resource, int limit, string message) =>
        ComputeWorld.Run(async world =>
        {
            await LimitAsync(world, resource, limit);
            var refused = await world.PostAsync("/servers", world.Order(more: ",\"min_count\":2", flavor: "large"));
            Assert.Equal($"403 forbidden: {message}", refused.Fault);
            Assert.Equal(0, await world.CountAsync("servers"));
            Assert.Equal(0, await world.UsedAsync("cores"));
        });

    [Fact]
    public void No_limit_is_minus_one() =>
        ComputeWorld.Run(async world =>
        {
            await LimitAsync(world, "cores", -1);
            await LimitAsync(world, "instances", -1);
            Assert.Equal(202, (await world.PostAsync("/servers", world.Order(more: ",\"min_count\":30"))).Status);
        });

    [Fact]
    public void A_server_that_is_gone_uses_nothing_any_more() =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.BuildAsync();
            Assert.Equal(1, await world.UsedAsync("instances"));
            await world.DeleteAsync($"/servers/{id}");
            Assert.Equal(1, await world.UsedAsync("instances")); // until it is really gone
            await world.SettleAsync();
            Assert.Equal((0, 0), (await world.UsedAsync("instances"), await world.UsedAsync("ram")));
        });

    private static async Task LimitAsync(ComputeWorld world, string resource, int limit)
    {
        var body = $$$"""{"quota_set":{"{{{resource}}}":{{{limit}}}}}""";
        Assert.Equal(200, (await world.PutAsync($"/os-quota-sets/{ComputeWorld.Mine}", body, "mine:admin")).Status);
    }
}
