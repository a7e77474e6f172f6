namespace Pipeline.Services.Tests.Compute.Servers;

public sealed class DeleteServerTests
{
    [Fact]
    public void A_server_shows_that_it_is_being_deleted_and_is_gone_with_all_it_had() =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.BuildAsync(more: $",\"user_data\":\"{ComputeWorld.Base64("x")}\"");
            var deleted = await world.DeleteAsync($"/servers/{id}");
            Assert.Equal((204, ""), (deleted.Status, deleted.Body));
            var going = await world.GetAsync($"/servers/{id}");
            Assert.Equal("deleting", going.Text("server", "OS-EXT-STS:task_state"));
            await world.SettleAsync();
            Assert.Equal(404, (await world.GetAsync($"/servers/{id}")).Status);
            Assert.Equal(0, await world.CountAsync("allocations"));
            Assert.Equal(0, await world.CountAsync("secrets"));
            Assert.Equal(0, await world.CountAsync("ports", "device_owner LIKE 'compute:%'"));
            Assert.Equal(404, (await world.DeleteAsync($"/servers/{id}")).Status);
        });

    [Fact]
    public void Twice_is_once() =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.BuildAsync();
            var both = await Task.WhenAll(world.DeleteAsync($"/servers/{id}"), world.DeleteAsync($"/servers/{id}"));
            Assert.Equal([204, 204], both.Select(r => r.Status));
            Assert.Equal(1, await world.CountAsync("instances", "name = 'DeleteServer'"));
            await world.SettleAsync();
            Assert.Equal(404, (await world.GetAsync($"/servers/{id}")).Status);
        });

    [Fact]
    public void A_build_is_undone() =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.AcceptAsync();
            await world.PassAsync(TimeSpan.FromMilliseconds(100)); // its host was told to make a disk
            Assert.Equal(204, (await world.DeleteAsync($"/servers/{id}")).Status);
            await world.SettleAsync();
            Assert.Equal(404, (await world.GetAsync($"/servers/{id}")).Status);
            Assert.Equal((0, 0), (await world.CountAsync("allocations"), await world.UsedAsync("instances")));
        });

    [Fact]
    public void One_that_failed_is_deleted_too() =>
        ComputeWorld.Run(async world =>
        {
            world.Failing["CreateDisks"] = new(Contracts.FaultCode.DiskFull, "no space left");
            var id = await world.BuildAsync();
            Assert.Equal("ERROR", await world.StatusAsync(id));
            Assert.Equal(204, (await world.DeleteAsync($"/servers/{id}")).Status);
            await world.SettleAsync();
            Assert.Equal(404, (await world.GetAsync($"/servers/{id}")).Status);
        });
}
