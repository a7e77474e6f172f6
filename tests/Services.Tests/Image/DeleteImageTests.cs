using Pipeline.Contracts;
using Pipeline.Contracts.Hosts;
using Pipeline.Contracts.Image;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Durable.Hub;
using Pipeline.Testing.Edge;

namespace Pipeline.Services.Tests.Image;

public sealed class DeleteImageTests
{
    [Fact]
    public async Task A_deleted_image_is_unknown_at_once()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync();
        var path = $"/image/v2/images/{id}";
        Assert.Equal(204, (await world.SendAsync("DELETE", path)).Status);
        Assert.Equal(404, (await world.SendAsync("GET", path)).Status);
        Assert.Equal(404, (await world.SendAsync("DELETE", path)).Status);
        Assert.Equal(404, (await world.SendAsync("PUT", $"{path}/tags/a")).Status);
        Assert.Equal(404, (await world.SendAsync("GET", path, token: "mine:admin")).Status);
        Assert.Equal("", await world.NamesAsync("", "mine:admin"));
    }

    [Fact]
    public async Task A_protected_image_stays()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync(""","protected":true """);
        var got = await world.SendAsync("DELETE", $"/image/v2/images/{id}");
        Assert.Equal(403, got.Status);
        Assert.Equal($"Image {id} is protected and cannot be deleted.", got.Json.GetProperty("message").GetString());
        Assert.Equal("one", await world.NamesAsync());
    }

    [Theory]
    [InlineData("private", "theirs:member", 404)]
    [InlineData("public", "theirs:member", 403)]
    [InlineData("private", "theirs:admin", 204)]
    [InlineData("private", "mine:reader", 403)]
    public async Task Only_the_owner_and_admins_delete(string visibility, string token, int status)
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync($$""","visibility":"{{visibility}}" """, token: "mine:admin");
        Assert.Equal(status, (await world.SendAsync("DELETE", $"/image/v2/images/{id}", token: token)).Status);
    }

    [Fact]
    public async Task The_file_goes_after_the_commit_then_the_hosts_copies_then_the_tombstone()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync();
        await world.UploadAsync(id, new byte[10]);
        await world.SendAsync("DELETE", $"/image/v2/images/{id}");
        Assert.Single(await world.Blobs.NamesAsync());

        var engine = world.Get<DurableEngine>();
        engine.Start();
        var order = await OrderAsync(world);
        Assert.Equal((ImageWorld.Host, nameof(EvictImage)), (order.Host, order.Name));
        Assert.Contains(id, order.Input);
        Assert.Empty(await world.Blobs.NamesAsync());
        Assert.Equal(1, await RowsAsync(world));

        var answer = new HostAnswer(order.ActivityId, order.Attempt, "{}", null, 0);
        await world.Get<DurableTaskClient>().AnswerAsync(ImageWorld.Host, answer);
        await EventuallyAsync(async () => await RowsAsync(world) == 0, "the tombstone is removed");
    }

    private static async Task<HostOrder> OrderAsync(ImageWorld world)
    {
        IReadOnlyList<OutboxMessage> sent = [];
        await EventuallyAsync(
            async () => (sent = await world.Database.ReadAsync(tx => tx.ListOutboxAsync(10))).Count > 0,
            "the host is told"
        );
        return new DurableJson([]).Read<HostOrder>(sent[0].Body);
    }

    private static Task<long> RowsAsync(ImageWorld world) =>
        world.Database.ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM images"));

    private static async Task EventuallyAsync(Func<Task<bool>> condition, string what)
    {
        var started = MachineTime.Clock.GetTimestamp();
        while (!await condition())
        {
            Assert.True(MachineTime.Clock.GetElapsedTime(started) < TimeSpan.FromSeconds(60), what);
            var ct = TestContext.Current.CancellationToken;
            await Task.Delay(TimeSpan.FromMilliseconds(10), MachineTime.Clock, ct);
        }
    }
}
