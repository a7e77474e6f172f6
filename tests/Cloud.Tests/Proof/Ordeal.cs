using System.Collections.Concurrent;
using Pipeline.Testing.Clouds;
using Pipeline.Testing.Histories;
using Pipeline.Testing.Simulation;

namespace Pipeline.Cloud.Tests.Proof;

/// <summary>Goes a way once to learn the places on it, and then again for each of them with a blow there.</summary>
internal static class Ordeal
{
    private static readonly ConcurrentDictionary<Way, Lazy<Walk>> Walks = new();
    private static readonly ConcurrentDictionary<Way, Lazy<Walk>> Doomed = new();

    /// <summary>The way with nothing on it.</summary>
    public static Walk Of(Way way) => Walks.GetOrAdd(way, w => new(() => Go(w, _ => { }))).Value;

    /// <summary>The way whose last step fails: all that was done is undone.</summary>
    public static Walk OfUndo(Way way) => Doomed.GetOrAdd(way, w => new(() => Go(w, p => Blow.Doom(p, Last(w))))).Value;

    /// <summary>One blow at each place where it can strike.</summary>
    /// <returns>How often it struck.</returns>
    public static int OnTheWay(Way way, Blow blow) => Each(way, Of(way).Places, blow, _ => { });

    /// <summary>The same on the way back, and to what was sent before it.</summary>
    public static int OnTheWayBack(Way way, Blow blow)
    {
        var last = Last(way);
        var places = OfUndo(way).Places.Where(place => place != last);
        return Each(
            way,
            blow.Name.StartsWith("comes", StringComparison.Ordinal) ? places : places.Except(Of(way).Places),
            blow,
            plan => Blow.Doom(plan, last)
        );
    }

    /// <summary>The way on which a step fails for good; nobody remembers it.</summary>
    public static Walk OfFailure(Way way, Place at) => Go(way, plan => Blow.Doom(plan, at));

    private static Place Last(Way way) => Of(way).Places.Last(p => p.Where == Where.BeforeStep);

    private static int Each(Way way, IEnumerable<Place> places, Blow blow, Action<CloudFaultPlan> besides)
    {
        List<string> wrong = [];
        var struck = places.Where(p => blow.Where.Contains(p.Where)).ToList();
        foreach (var at in struck)
            try
            {
                Go(
                    way,
                    plan =>
                    {
                        besides(plan);
                        blow.Strike(plan, at);
                    }
                );
            }
            catch (SimulationException e)
            {
                wrong.Add($"{way}, but {at} {blow}: {e.Message}");
            }
        Assert.True(
            wrong.Count == 0,
            $"{wrong.Count} of {struck.Count} went wrong.\n\n{string.Join("\n\n", wrong.Take(3))}"
        );
        return struck.Count;
    }

    /// <summary>At the end nothing is under way, all that must hold does, and when all is cleared away nothing is left.</summary>
    private static Walk Go(Way way, Action<CloudFaultPlan> faults)
    {
        List<Place> places = [];
        IReadOnlyList<RecordedHistory> histories = [];
        TestCloud.Run(
            async cloud =>
            {
                var before = await Journey.FurnishedAsync(cloud);
                await way.Prepare(cloud);
                var known = (await cloud.HistoriesAsync(new HashSet<string>())).Select(h => h.Id).ToHashSet();
                cloud.Faults.Begin();
                faults(cloud.Faults);
                await way.Act(cloud);
                await cloud.IdleAsync();
                places.AddRange(cloud.Faults.Passed);
                histories = await cloud.HistoriesAsync(known);
                Assert.Empty(cloud.Faults.Missed);
                cloud.Faults.Begin();
                await way.Clear(cloud);
                await cloud.IdleAsync();
                await Invariants.HoldAsync(cloud, reclaims: way.Reclaims);
                foreach (
                    var server in await cloud.Store.ReadAsync(tx => tx.ListAsync<string>("SELECT id FROM servers"))
                )
                    await cloud.DeleteServerAsync(server);
                await cloud.IdleAsync();
                Assert.Equal(before.ToString(), (await cloud.ResourcesAsync()).ToString());
            },
            options: way.Cloud
        );
        return new(places, histories);
    }
}

/// <param name="Places">All that was passed, in order.</param>
/// <param name="Histories">Those of all orchestrations that ran on the way.</param>
internal sealed record Walk(IReadOnlyList<Place> Places, IReadOnlyList<RecordedHistory> Histories)
{
    public IEnumerable<string> Orchestrations => Histories.Select(h => h.Orchestration).Distinct();
}
