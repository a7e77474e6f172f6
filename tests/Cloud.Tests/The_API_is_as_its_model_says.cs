using Pipeline.Testing.Models;

namespace Pipeline.Cloud.Tests;

/// <summary>
/// Random calls of several projects and ranks to every service: each is answered as a small model says, and what the cloud
/// lists and counts is what the model has. Here it is shown that this finds mistakes; `infra/simulate --calls` makes calls
/// of fresh seeds, in `infra/test` too, and replays one.
/// </summary>
public sealed class The_API_is_as_its_model_says
{
    public static TheoryData<string> Mistakes => [.. Mistake.All.Select(m => m.Name)];

    [Fact]
    public void A_seed_makes_one_sequence()
    {
        var (once, again) = (ModelRun.Run(Sequence.Draw(3, 300)), ModelRun.Run(Sequence.Draw(3, 300)));
        Assert.True(once.Holds, once.Told[^1]);
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
