using Pipeline.Contracts;
using Pipeline.Contracts.Network;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>The database's disk is full for a while, from between two tries of one turn on.</summary>
public sealed class A_database_is_full
{
    private const int Endless = 100;

    [Fact]
    public void A_turn_whose_next_try_cannot_begin_waits_until_it_can() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            cloud.Faults.Begin();
            cloud.Faults.Do(new(Where.BeforeStep, nameof(BindPorts)), () => Fill(cloud));
            // Where it is tried without end, no time passes: this ends it, and is seen below.
            cloud.Faults.FailFrom(new(Where.BeforeStep, nameof(BindPorts), Endless), Fault.Conflict("endless"));
            var id = await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            var tries = cloud.Faults.Passed.Count(p => p.Name == nameof(BindPorts) && p.Where == Where.BeforeStep);
            Assert.InRange(tries, 1, Endless - 1);
            await Journey.LivesAsync(cloud, id);
        });

    private static Task Fill(TestCloud cloud)
    {
        cloud.StoreStrain.FullUntil = cloud.World.Time.GetUtcNow() + TimeSpan.FromMilliseconds(700);
        return Task.CompletedTask;
    }
}
