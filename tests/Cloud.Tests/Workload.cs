using Pipeline.Data;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>People who make, stop, start, reboot and delete servers at random, while processes die and come back.</summary>
internal static class Workload
{
    private const int Deeds = 25;
    private static readonly string[] Actions =
    [
        """{"os-stop": null}""",
        """{"os-start": null}""",
        """{"reboot": {"type": "SOFT"}}""",
        """{"reboot": {"type": "HARD"}}""",
    ];

    public static string Run(int seed, bool logsSteps = false) =>
        TestCloud.Run(TellAsync, seed, new CloudOptions(Hosts: 2) { LogsSteps = logsSteps }).Text;

    private static async Task TellAsync(TestCloud cloud)
    {
        var before = await Journey.FurnishedAsync(cloud);
        var random = cloud.World.Randomness;
        cloud.Faults.Travel = _ => Road(random);
        List<string> servers = [];
        for (var i = 0; i < Deeds; i++)
        {
            await DeedAsync(cloud, random, servers, i);
            await cloud.PassAsync(TimeSpan.FromMilliseconds(random.Next(4_000)));
        }
        await cloud.IdleAsync();
        await Invariants.HoldAsync(cloud);
        foreach (var id in servers)
            await cloud.DeleteServerAsync(id);
        await cloud.IdleAsync();
        Assert.Equal(before.ToString(), (await cloud.ResourcesAsync()).ToString());
    }

    /// <summary>Mostly once and at once; sometimes late, twice, or not at all.</summary>
    private static TimeSpan[] Road(Randomness random) =>
        random.Next(10) switch
        {
            0 => [],
            1 => [TimeSpan.Zero, TimeSpan.FromSeconds(random.Next(100))],
            2 => [TimeSpan.FromSeconds(random.Next(40))],
            _ => [TimeSpan.Zero],
        };

    private static async Task DeedAsync(TestCloud cloud, Randomness random, List<string> servers, int number)
    {
        switch (random.Next(10))
        {
            case 0 or 1 or 2:
                await OrderAsync(cloud, servers, number);
                break;
            case 3 or 4 or 5 when servers.Count > 0:
                var action = Actions[random.Next(Actions.Length)];
                await cloud.InsistAsync(() => cloud.ActAsync(servers[random.Next(servers.Count)], action));
                break;
            case 6 when servers.Count > 0:
                await cloud.DeleteServerAsync(servers[random.Next(servers.Count)]);
                break;
            case 7:
                await cloud.KillFunctionsHostAsync();
                await cloud.PassAsync(TimeSpan.FromSeconds(random.Next(10)));
                await cloud.StartFunctionsHostAsync();
                break;
            case 8:
                var host = cloud.Hosts[random.Next(cloud.Hosts.Count)];
                await host.KillAgentAsync();
                await cloud.PassAsync(TimeSpan.FromSeconds(random.Next(90)));
                host.StartAgent();
                break;
            default:
                await cloud.PassAsync(TimeSpan.FromSeconds(random.Next(20)));
                break;
        }
    }

    /// <summary>No more than the quota has room for; those that were deleted count no longer.</summary>
    private static async Task OrderAsync(TestCloud cloud, List<string> servers, int number)
    {
        var living = await cloud.Store.ReadAsync(tx => tx.ListAsync<string>("SELECT id FROM servers"));
        if (living.Count < 8)
            servers.Add(await cloud.CreateServerAsync($"server-{number}"));
    }
}
