using Pipeline.Contracts;
using Pipeline.Identity;
using Pipeline.Identity.Passwords;

namespace Pipeline.Services.Tests.Identity.Passwords;

public sealed class PasswordQueueTests
{
    [Fact]
    public async Task One_source_that_asks_often_delays_another_by_one_check()
    {
        var queue = QueueOf(ofOneSource: 16, inAll: 64);
        var (order, waiting) = (new List<string>(), new List<Task>());
        await Run(
            "first",
            () =>
            {
                for (var i = 0; i < 10; i++)
                    waiting.Add(Run("often", () => order.Add("often")));
                waiting.Add(Run("once", () => order.Add("once")));
            }
        );
        await Task.WhenAll(waiting);
        Assert.Equal(1, order.IndexOf("once"));
        Assert.Equal(11, order.Count);

        Task Run(string source, Action what) =>
            queue.RunAsync(source, () => Did(what), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task More_than_may_wait_of_one_source_or_in_all_are_refused()
    {
        var queue = QueueOf(ofOneSource: 2, inAll: 3);
        var (accepted, refused) = (new List<Task>(), new List<FaultCode>());
        await Run(
            "x",
            () =>
            {
                foreach (var source in (string[])["a", "a", "a", "b", "b"])
                    Try(source);
            }
        );
        await Task.WhenAll(accepted);
        Assert.Equal(3, accepted.Count);
        Assert.Equal([FaultCode.RateLimited, FaultCode.RateLimited], refused);
        await Run("a", () => { }); // there is room again

        Task Run(string source, Action what) =>
            queue.RunAsync(source, () => Did(what), TestContext.Current.CancellationToken);

        void Try(string source)
        {
            var task = Run(source, () => { });
            if (task.Exception?.InnerException is Fault fault)
                refused.Add(fault.Code);
            else
                accepted.Add(task);
        }
    }

    [Fact]
    public async Task A_check_whose_client_went_away_is_not_made_and_those_behind_it_go_on()
    {
        var queue = QueueOf(ofOneSource: 8, inAll: 8);
        using var gone = new CancellationTokenSource();
        var made = new List<string>();
        Task? left = null,
            stays = null;
        await queue.RunAsync(
            "x",
            () =>
            {
                left = queue.RunAsync("a", () => Did(() => made.Add("left")), gone.Token);
                stays = queue.RunAsync("a", () => Did(() => made.Add("stays")), TestContext.Current.CancellationToken);
                gone.Cancel();
                return true;
            },
            TestContext.Current.CancellationToken
        );
        await Assert.ThrowsAsync<OperationCanceledException>(() => left!);
        await stays!;
        Assert.Equal(["stays"], made);
    }

    [Fact]
    public async Task A_check_that_fails_gives_its_place_back()
    {
        var queue = QueueOf(ofOneSource: 1, inAll: 1);
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<InvalidDataException>(() =>
                queue.RunAsync<bool>("a", () => throw new InvalidDataException(), TestContext.Current.CancellationToken)
            );
        Assert.True(await queue.RunAsync("a", () => true, TestContext.Current.CancellationToken));
    }

    private static PasswordQueue QueueOf(int ofOneSource, int inAll) =>
        new(new IdentityOptions { PasswordChecks = 1, PasswordsWaiting = (ofOneSource, inAll) });

    private static bool Did(Action what)
    {
        what();
        return true;
    }
}
