using Pipeline.Data;
using Pipeline.Runtime.Storage;
using Xunit;

namespace Pipeline.Services.Tests.Runtime.Storage;

public sealed class MemoryQueuesTests : QueueContract
{
    private readonly ManualTime time = new();
    private readonly Randomness randomness = Randomness.Seeded(1);
    private readonly MemoryQueues queues;

    public MemoryQueuesTests() => queues = new MemoryQueues(time, randomness.NewGuid);

    protected override Task<IQueues> QueuesAsync() => Task.FromResult<IQueues>(queues);

    protected override string NewName() => $"q{randomness.NewGuid():n}";

    protected override Task PassAsync(TimeSpan time)
    {
        this.time.Advance(time);
        return Task.CompletedTask;
    }

    [Fact]
    public void Every_call_is_complete_when_it_returns()
    {
        var queue = queues.Open("abc");
        Task[] calls =
        [
            queue.CreateAsync(Ct),
            queue.SendAsync(new byte[1], ct: Ct),
            queue.ReceiveAsync(1, TimeSpan.FromSeconds(1), Ct),
            queue.RemoveAsync(Ct),
            queue.SendAsync(new byte[1], ct: Ct),
        ];
        Assert.All(calls, call => Assert.True(call.IsCompleted));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_messages()
    {
        Assert.Equal(await RunAsync(), await RunAsync());

        static async Task<string> RunAsync()
        {
            var queue = new MemoryQueues(new ManualTime(), Randomness.Seeded(5).NewGuid).Open("abc");
            await queue.CreateAsync(Ct);
            await queue.SendAsync(new byte[1], ct: Ct);
            var message = Assert.Single(await queue.ReceiveAsync(1, TimeSpan.FromSeconds(9), Ct));
            return (message with { Body = default }).ToString();
        }
    }
}
