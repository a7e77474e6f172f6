using Pipeline.Cloud.Tests.Proof;

namespace Pipeline.Cloud.Tests;

/// <summary>
/// Every orchestration of the solution, found by reflection; every place that it passes, found by running it; at each of them
/// every blow. Nobody writes a test for a new step, a new undo or a new orchestration on a known way.
/// </summary>
public sealed class Every_orchestration_is_proven
{
    public static TheoryData<string, string> Blows
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var way in Ways.All)
            foreach (var blow in Blow.All)
                data.Add(way.Name, blow.Name);
            return data;
        }
    }

    [Theory, MemberData(nameof(Blows))]
    public void On_its_way(string way, string blow) => Ordeal.OnTheWay(Ways.Named(way), Blow.Named(blow));

    [Theory, MemberData(nameof(Blows))]
    public void And_on_its_way_back(string way, string blow) => Ordeal.OnTheWayBack(Ways.Named(way), Blow.Named(blow));

    [Fact]
    public void Each_one_is_on_a_way()
    {
        var run = Ways.All.SelectMany(way => Ordeal.Of(way).Orchestrations).ToHashSet();
        Assert.Empty(Orchestrations.Known.Except(run));
    }
}
