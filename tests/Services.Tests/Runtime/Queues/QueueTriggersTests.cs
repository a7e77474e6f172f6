using System.Text;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Runtime;
using Pipeline.Runtime.Queues;
using Pipeline.Runtime.Storage;

namespace Pipeline.Services.Tests.Runtime.Queues;

/// <summary>Queue triggers over the in-memory queue, whose semantics are the storage service's.</summary>
public sealed class QueueTriggersTests : IDisposable
{
    private readonly Log log = new();
    private readonly FunctionsWorld world;
    private readonly IQueue queue;

    public QueueTriggersTests()
    {
        world = World(typeof(Work));
        queue = world.Get<IQueues>().Open("work");
    }

    [Fact]
    public void A_message_runs_its_function_and_is_gone() =>
        Turns.Run(async () =>
        {
            await world.StartAsync();
            await SendAsync("one");
            Ring();
            Assert.Equal(["one"], log.Runs);
            world.Time.Advance(TimeSpan.FromMinutes(10));
            Assert.Equal(["one"], log.Runs);
            await world.StopAsync();
        });

    [Fact]
    public void Without_a_bell_a_message_is_found_by_the_poll() =>
        Turns.Run(async () =>
        {
            await world.StartAsync();
            await SendAsync("one");
            world.Time.Advance(HostJson.Default.Queues.MaxPollingInterval);
            Assert.Equal(["one"], log.Runs);
            await world.StopAsync();
        });

    [Fact]
    public void An_empty_queue_is_asked_less_and_less_often() =>
        Turns.Run(async () =>
        {
            await world.StartAsync();
            var counting = (CountingQueue)queue;
            world.Time.Advance(TimeSpan.FromMinutes(10));
            Assert.InRange(counting.Asked, 15, 25); // 0.1, 0.2, ... seconds up to a minute
            await world.StopAsync();
        });

    [Fact]
    public void No_more_run_at_once_than_a_batch_and_its_threshold() =>
        Turns.Run(async () =>
        {
            await world.StartAsync();
            log.Busy = new();
            foreach (var number in Enumerable.Range(0, 40))
                await SendAsync($"{number}");
            Ring();
            Assert.Equal(16, log.Runs.Count);
            log.Busy.SetResult();
            world.Time.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(40, log.Runs.Count);
            await world.StopAsync();
        });

    [Fact]
    public void A_message_whose_function_takes_long_stays_hidden() =>
        Turns.Run(async () =>
        {
            await world.StartAsync();
            log.Busy = new();
            await SendAsync("long");
            Ring();
            world.Time.Advance(HeldMessage.Hold * 4);
            Assert.Equal(["long"], log.Runs);
            log.Busy.SetResult();
            await UntilEmptyAsync();
            await world.StopAsync();
        });

    [Fact]
    public void A_message_that_fails_too_often_becomes_poison() =>
        Turns.Run(async () =>
        {
            await world.StartAsync();
            log.Failures = int.MaxValue;
            await SendAsync("bad");
            world.Time.Advance(TimeSpan.FromMinutes(30));
            Assert.Equal(HostJson.Default.Queues.MaxDequeueCount, log.Runs.Count);
            var poison = await world
                .Get<IQueues>()
                .Open("work-poison")
                .ReceiveAsync(32, TimeSpan.FromMinutes(1), Token);
            Assert.Equal("bad", Encoding.UTF8.GetString(Assert.Single(poison).Body.Span));
            await UntilEmptyAsync();
            await world.StopAsync();
        });

    [Fact]
    public void A_message_that_failed_once_is_tried_again() =>
        Turns.Run(async () =>
        {
            await world.StartAsync();
            log.Failures = 1;
            await SendAsync("shaky");
            world.Time.Advance(TimeSpan.FromMinutes(5));
            Assert.Equal(["shaky", "shaky"], log.Runs);
            await UntilEmptyAsync();
            await world.StopAsync();
        });

    [Fact]
    public void A_message_that_killed_its_host_too_often_is_not_run_again() =>
        Turns.Run(async () =>
        {
            await queue.CreateAsync(Token);
            await SendAsync("killer");
            for (var death = 0; death < HostJson.Default.Queues.MaxDequeueCount; death++)
            {
                await queue.ReceiveAsync(1, TimeSpan.FromSeconds(1), Token);
                world.Time.Advance(TimeSpan.FromSeconds(2));
            }
            await world.StartAsync();
            Turns.SettleCurrent();
            Assert.Empty(log.Runs);
            var poison = await world
                .Get<IQueues>()
                .Open("work-poison")
                .ReceiveAsync(32, TimeSpan.FromMinutes(1), Token);
            Assert.Single(poison);
            await world.StopAsync();
        });

    [Fact]
    public void A_run_whose_message_was_taken_by_another_host_is_cancelled() =>
        Turns.Run(async () =>
        {
            await world.StartAsync();
            log.Busy = new();
            await SendAsync("contested");
            Ring();
            ((CountingQueue)queue).Contested = true;
            world.Time.Advance(HeldMessage.Hold);
            Assert.Equal(1, log.Cancelled);
            await world.StopAsync();
        });

    [Fact]
    public void At_a_stop_what_runs_may_finish_and_what_does_not_is_given_back() =>
        Turns.Run(async () =>
        {
            await world.StartAsync();
            log.Busy = new();
            await SendAsync("under way");
            Ring();
            using var patience = new CancellationTokenSource();
            var stopped = world.StopWithinAsync(patience.Token);
            Assert.False(stopped.IsCompleted);
            patience.Cancel();
            Turns.SettleCurrent();
            await stopped.WaitAsync(Token);
            Assert.Equal(
                "under way",
                Encoding.UTF8.GetString((await queue.ReceiveAsync(1, TimeSpan.FromSeconds(1), Token))[0].Body.Span)
            );
        });

    [Fact]
    public void A_message_may_be_a_record_bytes_or_the_message_itself() =>
        Turns.Run(async () =>
        {
            using var typed = World(typeof(Typed));
            await typed.StartAsync();
            foreach (var name in (string[])["records", "bytes", "messages"])
                await typed.Get<IQueues>().Open(name).SendAsync("""{"Name":"x"}"""u8.ToArray(), ct: Token);
            typed.Time.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(["1 times", "12", "x"], log.Runs.Order());
            await typed.StopAsync();
        });

    public void Dispose() => world.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private void Ring()
    {
        world.Get<QueueDoorbell>().Ring("work");
        Turns.SettleCurrent();
    }

    private Task SendAsync(string text) => queue.SendAsync(Encoding.UTF8.GetBytes(text), ct: Token);

    private async Task UntilEmptyAsync()
    {
        world.Time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await queue.ReceiveAsync(32, TimeSpan.FromSeconds(1), Token));
    }

    private FunctionsWorld World(Type function) =>
        new(
            services =>
                services
                    .AddSingleton(log)
                    .AddSingleton<JsonSerializerContext>(QueueJson.Default)
                    .AddSingleton<IQueues>(provider => new CountingQueues(provider.GetRequiredService<TimeProvider>())),
            function
        );

    internal sealed class Log
    {
        public List<string> Runs { get; } = [];

        public TaskCompletionSource? Busy { get; set; }

        public int Failures { get; set; }

        public int Cancelled { get; private set; }

        public async Task RunAsync(string text, CancellationToken ct)
        {
            Runs.Add(text);
            if (Failures-- > 0)
                throw new InvalidOperationException("it fails");
            try
            {
                await (Busy?.Task.WaitAsync(ct) ?? Task.CompletedTask);
            }
            catch (OperationCanceledException)
            {
                Cancelled++;
                throw;
            }
        }
    }

    private sealed class Work(Log log)
    {
        [Function("work")]
        public Task RunAsync(
            [QueueTrigger("work", Connection = "AzureWebJobsStorage")] string message,
            CancellationToken ct
        ) => log.RunAsync(message, ct);
    }

    private sealed class Typed(Log log)
    {
        [Function("records")]
        public Task RecordAsync([QueueTrigger("records")] Named message) =>
            log.RunAsync(message.Name, CancellationToken.None);

        [Function("bytes")]
        public Task BytesAsync([QueueTrigger("bytes")] byte[] message) =>
            log.RunAsync($"{message.Length}", CancellationToken.None);

        [Function("messages")]
        public Task MessageAsync([QueueTrigger("messages")] QueueMessage message) =>
            log.RunAsync($"{message.DequeueCount} times", CancellationToken.None);
    }
}

[JsonSerializable(typeof(Named))]
internal sealed partial class QueueJson : JsonSerializerContext;

/// <summary>The in-memory queues, watched.</summary>
internal sealed class CountingQueues(TimeProvider time) : IQueues
{
    private readonly Dictionary<string, CountingQueue> known = [];
    private readonly MemoryQueues inner = NewQueues(time);

    public IQueue Open(string name) =>
        known.TryGetValue(name, out var queue) ? queue : known[name] = new(inner.Open(name));

    private static MemoryQueues NewQueues(TimeProvider time)
    {
        var drawn = 0;
        return new(time, () => new Guid(++drawn, 0, 0, new byte[8]));
    }
}

internal sealed class CountingQueue(IQueue inner) : IQueue
{
    public int Asked { get; private set; }

    /// <summary>When true, renewing finds that somebody else holds the message.</summary>
    public bool Contested { get; set; }

    public string Name => inner.Name;

    public Task CreateAsync(CancellationToken ct = default) => inner.CreateAsync(ct);

    public Task RemoveAsync(CancellationToken ct = default) => inner.RemoveAsync(ct);

    public Task SendAsync(
        ReadOnlyMemory<byte> body,
        TimeSpan visibilityDelay = default,
        CancellationToken ct = default
    ) => inner.SendAsync(body, visibilityDelay, ct);

    public Task<IReadOnlyList<QueueMessage>> ReceiveAsync(
        int max,
        TimeSpan visibilityTimeout,
        CancellationToken ct = default
    )
    {
        Asked++;
        return inner.ReceiveAsync(max, visibilityTimeout, ct);
    }

    public Task<QueueMessage> RenewAsync(
        QueueMessage message,
        TimeSpan visibilityTimeout,
        CancellationToken ct = default
    ) =>
        Contested
            ? Task.FromException<QueueMessage>(Fault.Conflict("another holder", "PopReceiptMismatch"))
            : inner.RenewAsync(message, visibilityTimeout, ct);

    public Task DeleteAsync(QueueMessage message, CancellationToken ct = default) => inner.DeleteAsync(message, ct);
}
