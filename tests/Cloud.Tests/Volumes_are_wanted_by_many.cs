using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>Two hundred calls at once about ten volumes, while their orchestrations run.</summary>
public sealed class Volumes_are_wanted_by_many
{
    private const int Calls = 200;
    private const string Servers = "/compute/v2.1/servers";
    private const string Volumes = "/volume/v3/volumes";

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void However_many_call_each_volume_is_one_guests_or_nobodys(int seed) =>
        TestCloud.Run(
            async cloud =>
            {
                await cloud.FurnishAsync();
                var before = await cloud.ResourcesAsync();
                string[] servers =
                [
                    await cloud.CreateServerAsync("a"),
                    await cloud.CreateServerAsync("b"),
                    await cloud.CreateServerAsync("c"),
                ];
                var volumes = new List<string>();
                for (var i = 0; i < 10; i++)
                {
                    var made = await cloud.PostAsync(Volumes, """{"volume":{"size":1}}""", cloud.Demo);
                    volumes.Add(made.Must(202).Text("volume", "id"));
                }
                await cloud.IdleAsync();
                var answers = await Task.WhenAll(
                    Enumerable.Range(0, Calls).Select(i => CallAsync(cloud, volumes[i % 10], servers[i % 3]))
                );
                Assert.All(answers, status => Assert.Contains(status, (int[])[200, 202, 400, 404, 409]));
                Assert.Contains(200, answers);
                await cloud.IdleAsync();
                await AgreesAsync(cloud);
                foreach (var server in servers)
                    await cloud.DeleteServerAsync(server);
                await cloud.IdleAsync();
                foreach (var volume in volumes)
                    Assert.Contains(
                        (await cloud.DeleteAsync($"{Volumes}/{volume}", cloud.Demo)).Status,
                        (int[])[202, 404]
                    );
                await cloud.IdleAsync();
                Assert.Equal($"{before}", $"{await cloud.ResourcesAsync()}");
            },
            seed,
            new CloudOptions(FunctionsHosts: 2, Hosts: 2) { Shared = true }
        );

    /// <summary>Somebody attaches, detaches or deletes, some time within ten seconds.</summary>
    private static async Task<int> CallAsync(TestCloud cloud, string volume, string server)
    {
        var chance = cloud.World.Randomness;
        await cloud.PassAsync(TimeSpan.FromMilliseconds(chance.Next(10_000)));
        var attachments = $"{Servers}/{server}/os-volume_attachments";
        var answer = chance.Next(10) switch
        {
            < 5 => await cloud.PostAsync(
                attachments,
                $$$"""{"volumeAttachment":{"volumeId":"{{{volume}}}"}}""",
                cloud.Demo
            ),
            < 9 => await cloud.DeleteAsync($"{attachments}/{volume}", cloud.Demo),
            _ => await cloud.DeleteAsync($"{Volumes}/{volume}", cloud.Demo),
        };
        return answer.Status;
    }

    /// <summary>What block storage, compute, the storage hosts and the guests have is the same, and each volume is attached once at most.</summary>
    private static async Task AgreesAsync(TestCloud cloud)
    {
        var attached = await ListAsync(
            cloud,
            """
            SELECT a.id FROM volume_attachments a JOIN volumes v ON v.id = a.volume_id
            WHERE v.status = 'in-use' AND a.status = 'attached' ORDER BY a.id
            """
        );
        Assert.Equal(attached, await ListAsync(cloud, "SELECT id FROM volume_attachments ORDER BY id"));
        Assert.Equal(
            attached,
            await ListAsync(cloud, "SELECT attachment_id FROM server_volumes ORDER BY attachment_id")
        );
        var twice = "SELECT volume_id FROM volume_attachments GROUP BY volume_id HAVING COUNT(*) > 1";
        Assert.Empty(await ListAsync(cloud, twice));
        var legal = "SELECT status FROM volumes WHERE status NOT IN ('available', 'in-use')";
        Assert.Empty(await ListAsync(cloud, legal));
        var metal = cloud.Hosts.Select(host => host.Metal).ToList();
        Assert.Equal(attached, metal.SelectMany(m => m.Volumes.Values).SelectMany(v => v.Exports.Keys).Order());
        Assert.Equal(
            attached,
            metal
                .SelectMany(m => m.Guests.Values)
                .SelectMany(guest => guest.Spec.Volumes ?? [])
                .Select(volume => $"{volume.Attachment}")
                .Order(StringComparer.Ordinal)
        );
    }

    private static Task<IReadOnlyList<string>> ListAsync(TestCloud cloud, string sql) =>
        cloud.Store.ReadAsync(tx => tx.ListAsync<string>(sql));
}
