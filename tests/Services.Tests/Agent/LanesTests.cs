using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Agent;

namespace Pipeline.Services.Tests.Agent;

public sealed class LanesTests
{
    [Fact(Timeout = 20_000)]
    public async Task Work_that_breaks_does_not_hold_up_what_comes_behind_it()
    {
        var lanes = new Lanes(NullLogger.Instance);
        var done = new TaskCompletionSource();
        lanes.Add("server/a", () => throw new InvalidOperationException("a bug"));
        lanes.Add(
            "server/a",
            () =>
            {
                done.SetResult();
                return Task.CompletedTask;
            }
        );
        await done.Task;
        await lanes.IdleAsync();
    }

    [Fact(Timeout = 20_000)]
    public async Task One_lane_keeps_its_order_and_others_do_not_wait_for_it()
    {
        var lanes = new Lanes(NullLogger.Instance);
        var gate = new TaskCompletionSource();
        var other = new TaskCompletionSource();
        var order = new List<int>();
        lanes.Add(
            "server/a",
            async () =>
            {
                await gate.Task;
                order.Add(1);
            }
        );
        lanes.Add(
            "server/a",
            () =>
            {
                order.Add(2);
                return Task.CompletedTask;
            }
        );
        lanes.Add(
            "server/b",
            () =>
            {
                other.SetResult();
                return Task.CompletedTask;
            }
        );
        await other.Task;
        Assert.Empty(order);
        gate.SetResult();
        await lanes.IdleAsync();
        Assert.Equal([1, 2], order);
    }
}
