using Pipeline.Contracts.Hosts;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

public sealed class A_server_is_deleted_while_it_builds
{
    public static TheoryData<Where, string, int> Places =>
        Journey.At(
            Journey.OfBuild,
            Where.BeforeStep,
            Where.AfterStep,
            Where.BeforeDriver,
            Where.AfterDriver,
            Where.BeforeAnswer
        );

    public static TheoryData<string> HostSteps =>
        [.. Journey.OfBuild.Where(p => p.Where == Where.Message).Select(p => p.Name)];

    [Theory, MemberData(nameof(Places))]
    public void Nothing_of_it_is_left(Where where, string name, int nth) =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var ordered = new TaskCompletionSource<string>();
            cloud.Faults.Do(new(where, name, nth), async () => await cloud.DeleteServerAsync(await ordered.Task));
            ordered.SetResult(await cloud.CreateServerAsync());
            await cloud.IdleAsync();
            Assert.Empty(cloud.Faults.Missed);
            Assert.Equal("GONE", await cloud.StatusAsync(await ordered.Task));
            Assert.Equal(before.ToString(), (await cloud.ResourcesAsync()).ToString());
        });

    /// <summary>The agent that was told to forget the step is gone: only the epoch stops what comes late.</summary>
    [Theory, MemberData(nameof(HostSteps))]
    public void A_step_that_its_undo_has_overtaken_does_nothing_any_more(string step) =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            cloud.Faults.Deliver(new(Where.Message, step), TimeSpan.FromMinutes(5));
            var id = await cloud.CreateServerAsync();
            await cloud.PassAsync(TimeSpan.FromSeconds(1));
            await cloud.DeleteServerAsync(id);
            await cloud.PassAsync(TimeSpan.FromMinutes(1));
            Assert.Equal("GONE", await cloud.StatusAsync(id));
            await cloud.Hosts[0].KillAgentAsync();
            cloud.Hosts[0].StartAgent();
            await cloud.IdleAsync();
            Assert.Empty(cloud.Faults.Missed);
            Assert.Contains(
                cloud.Hosts[0].Journal.Lines,
                line => line.Contains($"{step} was overtaken", StringComparison.Ordinal)
            );
            Assert.Equal(before.ToString(), (await cloud.ResourcesAsync()).ToString());
        });

    [Fact]
    public void Asked_twice_it_is_one_delete() =>
        TestCloud.Run(async cloud =>
        {
            var before = await Journey.FurnishedAsync(cloud);
            var id = await cloud.CreateServerAsync();
            await Task.WhenAll(cloud.DeleteServerAsync(id), cloud.DeleteServerAsync(id));
            await cloud.IdleAsync();
            Assert.Single(
                await cloud.HistoryAsync(id),
                line => line.StartsWith(nameof(Compute.Orchestrations.DeleteServer), StringComparison.Ordinal)
            );
            Assert.Equal(before.ToString(), (await cloud.ResourcesAsync()).ToString());
        });
}
