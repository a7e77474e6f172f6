using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Durable.Hub;
using Pipeline.Runtime;
using Pipeline.Runtime.Queues;
using Pipeline.Runtime.Storage;

namespace Pipeline.Services.Tests.Runtime.Queues;

/// <summary>In a cloud, messages that fail too often stand among the dead letters, and go back to their queue from there.</summary>
public sealed class DeadMessagesTests : IDisposable
{
    private readonly Work work = new();
    private readonly FunctionsWorld world;
    private int drawn;

    public DeadMessagesTests() => world = World(typeof(Functions));

    [Fact]
    public void A_message_that_fails_too_often_is_a_dead_letter_and_goes_back_to_its_queue() =>
        Turns.Run(async () =>
        {
            work.Fails = true;
            await FailAsync(world, "bad");
            var letter = Assert.Single(await LettersAsync(world));
            Assert.Equal((DeadLetterKind.Message, "work", null), (letter.Kind, letter.Name, letter.InstanceId));
            Assert.StartsWith("work/", letter.Subject, StringComparison.Ordinal);
            Assert.StartsWith("work failed 5 times", letter.Fault.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<Fault>(() => PoisonAsync(world));

            work.Fails = false;
            var runs = work.Runs.Count;
            var message = (await FindAsync(world, letter.Id))!;
            await world.Get<DeadMessages>().SendAgainAsync(message);
            world.Time.Advance(TimeSpan.FromMinutes(2));
            Assert.Equal(["bad"], work.Runs.Skip(runs));
            await world.StopAsync();
        });

    [Fact]
    public void One_that_is_buried_twice_is_one_letter() =>
        Turns.Run(async () =>
        {
            var (db, durable) = (world.Get<Database>(), world.Get<DurableTaskClient>());
            for (var twice = 0; twice < 2; twice++)
                await db.WriteAsync(async tx =>
                    await durable.BuryMessageAsync(tx, new("work", "work", "1", [1]), new(FaultCode.Internal, "no"))
                );
            var letter = Assert.Single(await LettersAsync(world));
            Assert.Null(await FindAsync(world, letter.Id + 1));
        });

    [Fact]
    public void A_function_that_listens_to_the_poison_queue_gets_them_instead() =>
        Turns.Run(async () =>
        {
            using var listened = World(typeof(Functions), typeof(Listener));
            work.Fails = true;
            await FailAsync(listened, "bad");
            Assert.Equal(["bad"], work.Poison);
            Assert.Empty(await LettersAsync(listened));
            await listened.StopAsync();
        });

    [Fact]
    public async Task A_letter_whose_function_is_gone_stays()
    {
        var refused = await Assert.ThrowsAsync<Fault>(() =>
            world.Get<DeadMessages>().SendAgainAsync(new("gone", "work", "1", [1]))
        );
        Assert.Equal(FaultCode.Conflict, refused.Code);
    }

    public void Dispose() => world.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task FailAsync(FunctionsWorld world, string text)
    {
        await world.StartAsync();
        await world.Get<IQueues>().Open("work").SendAsync(Encoding.UTF8.GetBytes(text), ct: Token);
        world.Time.Advance(TimeSpan.FromMinutes(30));
    }

    private static Task<IReadOnlyList<DeadLetter>> LettersAsync(FunctionsWorld world) =>
        world.Get<Database>().ReadAsync(tx => world.Get<DurableTaskClient>().ListDeadLettersAsync(tx, null, 10));

    private static Task<DeadMessage?> FindAsync(FunctionsWorld world, long id) =>
        world.Get<Database>().ReadAsync(tx => world.Get<DurableTaskClient>().FindDeadMessageAsync(tx, id));

    private static Task<IReadOnlyList<QueueMessage>> PoisonAsync(FunctionsWorld world) =>
        world.Get<IQueues>().Open("work-poison").ReceiveAsync(1, TimeSpan.FromSeconds(1), Token);

    private FunctionsWorld World(params Type[] functions) =>
        new(
            services =>
                services
                    .AddSingleton(work)
                    .AddSingleton<IQueues>(provider => new MemoryQueues(
                        provider.GetRequiredService<TimeProvider>(),
                        () => new Guid(++drawn, 0, 0, new byte[8])
                    ))
                    .AddSingleton(provider =>
                        Database.InMemory(provider.GetRequiredService<TimeProvider>(), new InlineLoop())
                    )
                    .AddSingleton<EngineParts>()
                    .AddSingleton<DurableTaskClient>(),
            functions
        );

    internal sealed class Work
    {
        public bool Fails { get; set; }

        public List<string> Runs { get; } = [];

        public List<string> Poison { get; } = [];
    }

    private sealed class Functions(Work work)
    {
        [Function("work")]
        public Task RunAsync([QueueTrigger("work")] string message)
        {
            work.Runs.Add(message);
            return work.Fails ? throw new InvalidOperationException("it fails") : Task.CompletedTask;
        }
    }

    private sealed class Listener(Work work)
    {
        [Function("listener")]
        public Task RunAsync([QueueTrigger("work-poison")] string message)
        {
            work.Poison.Add(message);
            return Task.CompletedTask;
        }
    }

    /// <summary>Commits where it is told to, so that the world has one thread.</summary>
    private sealed class InlineLoop : ICommitLoop
    {
        private Action drain = () => { };

        public void Start(Action drain) => this.drain = drain;

        public void Signal() => drain();

        public void Tell(IThreadPoolWorkItem told) => told.Execute();

        public void Stop() { }
    }
}
