using System.Text;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Runtime.Agents;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>What comes through queues may come twice, late, in another order, not at all, or from somebody else.</summary>
public sealed class Messages_are_not_trusted
{
    public static TheoryData<Where, string, int> Sent => Journey.At(Journey.OfBuild, Where.Message, Where.Answer);

    public static TheoryData<Where, string, int> SentByDelete =>
        Journey.At(Journey.OfDelete, Where.Message, Where.Answer);

    [Theory, MemberData(nameof(Sent))]
    public void One_that_is_lost_is_sent_again(Where where, string name, int nth) =>
        Journey.Build(plan => plan.Deliver(new(where, name, nth)));

    [Theory, MemberData(nameof(Sent))]
    public void One_that_comes_three_times_is_done_once(Where where, string name, int nth) =>
        Journey.Build(plan =>
            plan.Deliver(new(where, name, nth), TimeSpan.Zero, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(3))
        );

    [Theory, MemberData(nameof(SentByDelete))]
    public void A_delete_loses_one(Where where, string name, int nth) =>
        Journey.Delete(plan => plan.Deliver(new(where, name, nth)));

    [Fact]
    public void All_doubled_make_a_driver_work_once()
    {
        List<Place> once = [.. Drivers(Journey.OfBuild)];
        Journey.Build(plan => plan.Travel = _ => [TimeSpan.Zero, TimeSpan.Zero]);
        List<Place> doubled = [];
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            cloud.Faults.Travel = _ => [TimeSpan.Zero, TimeSpan.Zero];
            await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            doubled.AddRange(Drivers(cloud.Faults.Passed));
        });
        Assert.Equal(once.Order(ByText), doubled.Order(ByText));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void All_late_and_in_any_order_change_nothing(int seed)
    {
        var random = Randomness.Seeded(seed);
        Journey.Build(plan =>
            plan.Travel = place => [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Late(random, place))]
        );
    }

    [Fact]
    public void A_forged_an_altered_a_foreign_and_a_misdirected_one_are_dropped() =>
        TestCloud.Run(
            async cloud =>
            {
                var before = await Journey.FurnishedAsync(cloud);
                var (host, other) = (cloud.Hosts[0], cloud.Hosts[1]);
                var journal = host.Journal.Lines.Count;
                var genuine = Order(cloud, host);
                using var stranger = ControlKeys.Generate();
                var altered = cloud.Signed(genuine);
                altered[altered.AsSpan().IndexOf("\"Payload\":\""u8) + 40] ^= 1;
                byte[][] bad =
                [
                    Encoding.UTF8.GetBytes("not even JSON"),
                    cloud.Signed(genuine, stranger),
                    altered,
                    cloud.Signed(genuine with { Cloud = "another" }),
                    cloud.Signed(genuine with { Host = other.Id }),
                ];
                foreach (var body in bad)
                    await cloud.PutMessageAsync(host, body);
                await cloud.IdleAsync();
                Assert.Equal(journal, host.Journal.Lines.Count);
                Assert.Equal(before.ToString(), (await cloud.ResourcesAsync()).ToString());

                await cloud.PutMessageAsync(host, cloud.Signed(genuine)); // the same, unharmed, is obeyed
                await cloud.IdleAsync();
                Assert.Single(host.Metal.Disks);
            },
            options: new(Hosts: 2)
        );

    [Fact]
    public void Another_hosts_answer_is_ignored() =>
        TestCloud.Run(
            async cloud =>
            {
                await Journey.FurnishedAsync(cloud);
                cloud.Faults.Deliver(new(Where.Message, nameof(StartGuest)), TimeSpan.FromSeconds(30));
                var id = await cloud.CreateServerAsync();
                await cloud.PassAsync(TimeSpan.FromSeconds(5));
                var activity = await cloud.Store.ReadAsync(tx =>
                    tx.ScalarAsync<string>("SELECT instance_id || '/' || generation || '/' || task_id FROM tasks")
                );
                foreach (var stranger in cloud.Hosts.Where(h => !h.Metal.Disks.ContainsKey(id)))
                    await stranger.AnswerAsync(new HostAnswer(activity!, 1, "{}", null, 0));
                await cloud.PassAsync(TimeSpan.FromSeconds(5));
                Assert.Equal("BUILD", await cloud.StatusAsync(id));
                await cloud.IdleAsync();
                await Journey.LivesAsync(cloud, id);
            },
            options: new(Hosts: 2)
        );

    /// <summary>An agent waits for its answer to be taken, so that one is slow rather than late.</summary>
    private static TimeSpan Late(Randomness random, Place place) =>
        TimeSpan.FromMilliseconds(random.Next(place.Where == Where.Answer ? 3_000 : 90_000));

    private static HostMessage Order(TestCloud cloud, TestHost host)
    {
        var server = new ServerId(cloud.World.Randomness.NewGuid());
        var step = new CreateDisks(host.Id, server, 1);
        var input = System.Text.Json.JsonSerializer.Serialize(step, ContractsJson.Default.CreateDisks);
        var deadline = cloud.World.Time.GetUtcNow().AddHours(1);
        var secrets = new Dictionary<SecretId, byte[]>();
        return new(
            cloud.Hosts[0].Cloud,
            1,
            host.Id,
            "none/0/1",
            $"server/{server}",
            1,
            1,
            nameof(CreateDisks),
            input,
            deadline,
            null,
            secrets
        );
    }

    private static IEnumerable<Place> Drivers(IEnumerable<Place> places) =>
        places.Where(p => p.Where == Where.AfterDriver);

    private static readonly Comparer<Place> ByText = Comparer<Place>.Create(
        (a, b) => string.CompareOrdinal(a.ToString(), b.ToString())
    );
}
