using Pipeline.Contracts.Compute;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>A host cannot write down what it does, while an order is on its way to it twice.</summary>
public sealed class A_journal_is_full
{
    private const string Reboot = """{"reboot": {"type": "HARD"}}""";
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(40);

    [Theory, InlineData(Where.BeforeDriver), InlineData(Where.AfterDriver)]
    public void A_step_that_could_not_be_remembered_is_not_done_again(Where where) =>
        PowersOffOnce(cloud =>
            cloud.Faults.Do(
                new(where, "StopGuest"),
                () =>
                {
                    Fill(cloud);
                    return Task.CompletedTask;
                }
            )
        );

    [Fact]
    public void A_try_that_was_refused_is_not_made_after_a_later_one() => PowersOffOnce(Fill);

    /// <summary>The order to power it off comes again when it has long been powered on.</summary>
    private static void PowersOffOnce(Action<TestCloud> fill) =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var id = await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            cloud.Faults.Begin();
            cloud.Faults.Deliver(new(Where.Message, nameof(PowerOffGuest)), TimeSpan.Zero, Late);
            fill(cloud);
            (await cloud.ActAsync(id, Reboot)).Must(202);
            await cloud.IdleAsync();
            Assert.Empty(cloud.Faults.Missed);
            await Journey.LivesAsync(cloud, id);
        });

    private static void Fill(TestCloud cloud) =>
        cloud.Hosts[0].Strain.FullUntil = cloud.World.Time.GetUtcNow() + TimeSpan.FromMilliseconds(700);
}
