using Pipeline.Durable.Hub;
using Pipeline.Durable.Management;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

/// <summary>What users put in: large texts, odd characters, ids that look like something else.</summary>
public sealed class PayloadTests
{
    private static readonly string Large = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i:x} größe"));

    public static TheoryData<WorldKind, string> Texts() =>
        new(
            from kind in Enum.GetValues<WorldKind>()
            from text in new[] { "", "'; --", "\u0000\u0001\uffff \r\n\\ \"", "日本 🚀", "https://a.example/b?c=d" }
            select (kind, text)
        );

    [Theory, MemberData(nameof(Texts))]
    public Task Every_character_comes_back_as_it_was(WorldKind kind, string text) => ComesBackAsync(kind, text);

    [Theory, EachWorld]
    public Task A_large_text_comes_back_as_it_was(WorldKind kind) => ComesBackAsync(kind, Large);

    [Theory, EachWorld]
    public Task A_large_event_fault_reason_and_tag_too(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On("why", (_, _) => throw new Fault(FaultCode.NotFound, Large));
                world.Start();
                await world.OrderAsync(new Question("why"), "question");
                await world.OrderAsync(new Letters(TimeSpan.FromHours(1)), "letters");
                var tags = new Dictionary<string, string> { ["large"] = Large };
                await world.Now.Db.WriteAsync(tx =>
                    world.Now.Client.StartAsync(tx, new Nap(TimeSpan.FromHours(1)), new("nap", Tags: tags))
                );
                await world.RaiseAsync("letters", "letter", Large, "1");
                await world.RaiseAsync("letters", "letter", "b", "2");
                await world.Now.Db.WriteAsync(tx => world.Now.Client.TerminateInstanceAsync(tx, "nap", Large));
                var json = world.Now.Parts.Json;
                Assert.Equal(Large, (await world.EndOfAsync("question")).Fault!.Message);
                Assert.Equal($"{Large}, b", json.Read<string>((await world.EndOfAsync("letters")).Output!));
                var nap = (await world.StateAsync("nap"))!;
                Assert.Equal((Large, Large), (nap.Fault!.Message, nap.Tags["large"]));
            }
        );

    [Fact]
    public void Killed_at_any_point_a_large_one_ends_as_it_would_have()
    {
        var points = 0;
        Run.Simulated(1, world => TellAsync(world, null));
        Assert.True(points > 3);
        for (var n = 1; n <= points; n++)
            Run.Simulated(1, world => TellAsync(world, n));

        async Task TellAsync(World world, int? kill)
        {
            world.Start(f => _ = kill is { } nth ? f.KillAt(nth) : f);
            await world.Store.WriteAsync(tx => world.Now.Client.StartAsync(tx, new Question(Large), new("large")));
            if (kill is not null)
                await world.ReviveAsync();
            var end = await world.EndOfAsync("large");
            Assert.Equal(Large, world.Now.Parts.Json.Read<string>(end.Output!));
            Assert.Empty(await world.UnansweredAsync());
            points = kill is null ? world.Now.Faults.Passed.Count : points;
        }
    }

    [Theory, EachWorld]
    public Task An_id_is_any_text_without_a_slash(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                string[] ids = ["o'brien", "50%_off", "größe 🚀!", "a\"b", "x;-- #?&=+", "50 off", "\\0"];
                world.Start();
                foreach (var id in ids)
                {
                    await world.OrderAsync(new Letters(TimeSpan.FromHours(1)), id);
                    await world.SuspendAsync(id);
                    await world.ResumeAsync(id);
                    await world.RaiseAsync(id, "letter", id, "1");
                    await world.RaiseAsync(id, "letter", "%", "2");
                }
                foreach (var id in ids)
                {
                    var end = await world.EndOfAsync(id);
                    Assert.Equal($"{id}, %", world.Now.Parts.Json.Read<string>(end.Output!));
                    var filter = new InstanceFilter { IdPrefix = id[..^1] };
                    var found = await world.Store.ReadAsync(tx => tx.ListInstancesAsync(filter, 10));
                    Assert.Equal(id, Assert.Single(found).Id);
                }
                var gone = await world.Now.Client.PurgeAllInstancesAsync(new(), TestContext.Current.CancellationToken);
                Assert.Equal(new(ids.Length, true), gone);
            }
        );

    private static Task ComesBackAsync(WorldKind kind, string text) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Question(text), "question");
                var end = await world.EndOfAsync("question");
                var json = world.Now.Parts.Json;
                Assert.Equal(text, json.Read<Question>(end.Input).Text);
                Assert.Equal(text, json.Read<string>(end.Steps.Single().Result!));
                Assert.Equal(text, json.Read<string>(end.Output!));
            }
        );
}
