using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>A sweep at any moment of a build or a delete, answered at once or late, mistakes nothing.</summary>
public sealed class A_sweep_meets_work_under_way
{
    private static readonly Where[] Moments = [Where.AfterStep, Where.AfterDriver];

    public static TheoryData<Where, string, int> OfBuild => Journey.At(Journey.OfBuild, Moments);

    public static TheoryData<Where, string, int> OfDelete => Journey.At(Journey.OfDelete, Moments);

    [Theory, MemberData(nameof(OfBuild))]
    public void During_a_build(Where where, string name, int nth) =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            cloud.Faults.Do(new(where, name, nth), cloud.Hosts[0].AskForSweepAsync);
            var id = await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            Assert.Empty(cloud.Faults.Missed);
            await Journey.LivesAsync(cloud, id);
            await MistookNothingAsync(cloud);
            await Journey.EndAsync(cloud, id, before);
        });

    [Theory, MemberData(nameof(OfDelete))]
    public void During_a_delete(Where where, string name, int nth) =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var id = await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            cloud.Faults.Begin();
            cloud.Faults.Do(new(where, name, nth), cloud.Hosts[0].AskForSweepAsync);
            await Journey.EndAsync(cloud, id, before);
            Assert.Empty(cloud.Faults.Missed);
            await MistookNothingAsync(cloud);
        });

    [Fact]
    public void A_list_from_before_a_delete_that_comes_after_it_reclaims_nothing() =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var id = await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            await cloud.PassAsync(TimeSpan.FromSeconds(30));
            cloud.Faults.Begin();
            cloud.Faults.Deliver(new(Where.Answer, nameof(ListHoldings)), TimeSpan.FromSeconds(60));
            await cloud.Hosts[0].AskForSweepAsync();
            await cloud.PassAsync(TimeSpan.FromSeconds(10));
            await Journey.EndAsync(cloud, id, before);
            Assert.Empty(cloud.Faults.Missed);
            await MistookNothingAsync(cloud);
        });

    [Fact]
    public void However_often_it_is_asked_for_one_runs_and_one_waits() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            cloud.Faults.Deliver(new(Where.Answer, nameof(ListHoldings)), TimeSpan.FromSeconds(30));
            for (var i = 0; i < 20; i++)
                await cloud.Hosts[0].AskForSweepAsync();
            Assert.Equal(2, await CountAsync(cloud, "completed_at IS NULL AND name = 'SweepHost'"));
            await cloud.IdleAsync();
            await cloud.PassAsync(TimeSpan.FromMinutes(90));
            Assert.InRange(await CountAsync(cloud, "name = 'SweepHost'"), 12, 13);
        });

    private static async Task MistookNothingAsync(TestCloud cloud)
    {
        await A_host_holds_what_it_should_not.SweepAsync(cloud);
        await Invariants.HoldAsync(cloud);
    }

    private static Task<long> CountAsync(TestCloud cloud, string which) =>
        cloud.Store.ReadAsync(async tx => await tx.ScalarAsync<long>($"SELECT COUNT(*) FROM instances WHERE {which}"));
}
