using Pipeline.Testing.Edge;
using Pipeline.Testing.Models;

namespace Pipeline.Cloud.Tests;

/// <summary>
/// Random calls of several projects and ranks to every service: each is answered as a small model says, and what the cloud
/// lists and counts is what the model has. `infra/simulate --calls` goes on for longer, and replays a seed.
/// </summary>
public sealed class The_API_is_as_its_model_says(ITestOutputHelper output)
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("PIPELINE_LONG") == "1";
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(Long ? 120 : 5);
    private static readonly int Steps = Long ? 3_000 : 600;

    public static TheoryData<string> Mistakes => [.. Mistake.All.Select(m => m.Name)];

    [Fact]
    public void Whatever_is_called_by_whom()
    {
        var began = MachineTime.Clock.GetTimestamp();
        var first = (int)(MachineTime.Clock.GetUtcNow().ToUnixTimeSeconds() % 1_000_000);
        var seed = first;
        do
        {
            var report = ModelRun.Run(Sequence.Draw(seed, Steps));
            Assert.True(report.Holds, report.Holds ? "" : ShortModel.Of(report).Tell());
            seed++;
        } while (MachineTime.Clock.GetElapsedTime(began) < Span);
        output.WriteLine($"seeds {first} to {seed - 1}, {Steps} steps each");
    }

    [Fact]
    public void A_seed_makes_one_sequence()
    {
        var (once, again) = (ModelRun.Run(Sequence.Draw(3, 300)), ModelRun.Run(Sequence.Draw(3, 300)));
        Assert.True(once.Calls > 200, $"{once.Calls} calls");
        Assert.Equal(once.Told, again.Told);
        Assert.Equal(once.Hash, again.Hash);
    }

    [Theory, MemberData(nameof(Mistakes))]
    public void A_mistake_is_found_within_the_steps_it_states(string name)
    {
        var mistake = Mistake.All.First(m => m.Name == name);
        var report = ModelRun.Run(Sequence.Draw(mistake.Seed, mistake.Within), mistake.Put);
        Assert.False(report.Holds, $"{name} was not found within {mistake.Within} steps");
    }

    [Fact]
    public void A_sequence_that_fails_is_shrunk_to_what_matters()
    {
        var mistake = Mistake.All.First(m => m.Name == "a port is not counted");
        var shrunk = ShortModel.Of(ModelRun.Run(Sequence.Draw(mistake.Seed, mistake.Within), mistake.Put), mistake.Put);
        Assert.InRange(shrunk.Shortest.Sequence.Steps.Count, 1, 4);
        Assert.Contains("lists show what there is: quotas of", shrunk.Tell(), StringComparison.Ordinal);
        Assert.Contains("create port", shrunk.Tell(), StringComparison.Ordinal);
    }
}
