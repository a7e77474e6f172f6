using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>New keys by one verb, on all functions hosts, while the cloud is used.</summary>
public sealed class Keys_are_rotated
{
    [Fact]
    public void Nobody_notices_and_afterwards_nothing_new_is_sealed_by_the_old_keys() =>
        TestCloud.Run(
            async cloud =>
            {
                await cloud.FurnishAsync();
                var server = await cloud.CreateServerAsync();
                await cloud.IdleAsync();
                var old = await cloud.TokenAsync(cloud.Demo);
                var answer = (await cloud.PostAsync("/keys/v1/rotate", "", cloud.Admin)).Must(202);
                Assert.Equal(["settles", "seals", "settles", "seals"], StatesOf(answer));
                for (var i = 0; i < 20; i++) // both functions hosts, before, while and after the new key takes over
                {
                    await cloud.PassAsync(TimeSpan.FromSeconds(2));
                    var fresh = new CloudUser("demo", cloud.Demo.Password, "demo");
                    Assert.Equal(200, await ServersAsync(cloud, await cloud.TokenAsync(fresh)));
                    Assert.Equal(200, await ServersAsync(cloud, await cloud.TokenAsync(fresh)));
                    Assert.Equal(200, await ServersAsync(cloud, old));
                }
                Assert.Equal(["seals", "opens", "seals", "opens"], StatesOf(await KeysAsync(cloud)));
                var reboot = """{"reboot": {"type": "HARD"}}""";
                (await cloud.ActAsync(server, reboot)).Must(202);
                await cloud.CreateServerAsync("two");
                await cloud.IdleAsync();
                var sealedByOld = "SELECT COUNT(*) FROM secrets WHERE sealed NOT LIKE '1:%'";
                await cloud.PassAsync(TimeSpan.FromMinutes(2));
                Assert.Equal(0, await cloud.Store.ReadAsync(async tx => await tx.ScalarAsync<long>(sealedByOld)));
            },
            options: new CloudOptions(FunctionsHosts: 2)
        );

    [Fact]
    public void Only_operators_rotate_and_it_is_recorded() =>
        TestCloud.Run(async cloud =>
        {
            Assert.Equal(403, (await cloud.PostAsync("/keys/v1/rotate", "", cloud.Demo)).Status);
            Assert.Equal(403, (await cloud.GetAsync("/keys/v1/keys", cloud.Demo)).Status);
            Assert.Equal(400, (await cloud.PostAsync("/keys/v1/rotate?purpose=doors", "", cloud.Admin)).Status);
            (await cloud.PostAsync("/keys/v1/rotate?purpose=secrets", "", cloud.Admin)).Must(202);
            var rotated = "SELECT target FROM audit WHERE rule = 'keys:rotate'";
            Assert.Equal(["keys/secrets"], await cloud.Store.ReadAsync(tx => tx.ListAsync<string>(rotated)));
            var keys = (await KeysAsync(cloud)).Body;
            Assert.DoesNotContain("sealed", keys, StringComparison.Ordinal);
            Assert.DoesNotContain("secret\":", keys, StringComparison.Ordinal);
        });

    private static async Task<CloudAnswer> KeysAsync(TestCloud cloud) =>
        (await cloud.GetAsync("/keys/v1/keys", cloud.Admin)).Must(200);

    private static IEnumerable<string> StatesOf(CloudAnswer answer) =>
        answer.Json.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("state").GetString()!);

    private static async Task<int> ServersAsync(TestCloud cloud, string token)
    {
        var request = new CloudRequest("GET", "/compute/v2.1/servers", []) { Headers = { ["X-Auth-Token"] = token } };
        return (await cloud.SendAsync(request, CancellationToken.None)).Status;
    }
}
