using System.Security.Cryptography;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.Compute.Keypairs;

public sealed class KeypairTests
{
    private const string Key =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g me@example";

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        ComputeWorld.Run(async world =>
        {
            var created = await CreateAsync(world, $$"""{"name":"mine","public_key":"{{Key}}"}""");
            Golden.Matches(created.Golden, "compute/keypairs/create.200.json");
            Golden.Matches((await world.GetAsync("/os-keypairs/mine")).Golden, "compute/keypairs/show.200.json");
            Golden.Matches((await world.GetAsync("/os-keypairs")).Golden, "compute/keypairs/list.200.json");
            Golden.Matches((await world.GetAsync("/os-keypairs/none")).Golden, "compute/keypairs/show.404.json");
            var deleted = await world.DeleteAsync("/os-keypairs/mine");
            Assert.Equal((202, ""), (deleted.Status, deleted.Body));
            Assert.Equal(404, (await world.DeleteAsync("/os-keypairs/mine")).Status);
        });

    [Fact]
    public void A_pair_is_made_where_no_key_is_given_and_its_private_half_is_shown_once() =>
        ComputeWorld.Run(async world =>
        {
            var made = await CreateAsync(world, """{"name":"made"}""");
            using var rsa = RSA.Create();
            rsa.ImportFromPem(made.Text("keypair", "private_key"));
            Assert.Equal(2048, rsa.KeySize);
            Assert.StartsWith("ssh-rsa AAAA", made.Text("keypair", "public_key"));
            Assert.DoesNotContain("private_key", (await world.GetAsync("/os-keypairs/made")).Body);
            Assert.Equal(0, await world.CountAsync("keypairs", "public_key LIKE '%PRIVATE%'"));
        });

    [Fact]
    public void What_is_wrong_is_named() =>
        ComputeWorld.Run(async world =>
        {
            (string, string)[] cases =
            [
                ("""{"public_key":"KEY"}""", "name"),
                ("""{"name":"","public_key":"KEY"}""", "name"),
                ("""{"name":"a/b","public_key":"KEY"}""", "name"),
                ("""{"name":"a","public_key":""}""", "public_key"),
                ("""{"name":"a","public_key":"ssh-rsa nonsense"}""", "fingerprint"),
                (
                    """{"name":"a","public_key":"ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"}""",
                    "fingerprint"
                ),
                ("""{"name":"a","public_key":"KEY","type":"ssh"}""", "type"),
            ];
            foreach (var (keypair, named) in cases)
            {
                var refused = await CreateAsync(world, keypair.Replace("KEY", Key));
                Assert.StartsWith("400 badRequest: ", refused.Fault);
                Assert.Contains(named, refused.Fault);
                Assert.Equal(0, await world.CountAsync("keypairs"));
            }
        });

    [Fact]
    public void A_users_names_are_unique_and_another_user_has_names_of_their_own() =>
        ComputeWorld.Run(async world =>
        {
            await CreateAsync(world, """{"name":"one"}""");
            var again = await CreateAsync(world, """{"name":"one"}""");
            Assert.Equal("409 conflictingRequest: Key pair 'one' already exists.", again.Fault);
            Assert.Equal(404, (await world.GetAsync("/os-keypairs/one", "theirs:member")).Status);
            Assert.Equal(200, (await CreateAsync(world, """{"name":"one"}""", "theirs:member")).Status);
            Assert.Equal(404, (await world.DeleteAsync("/os-keypairs/two", "theirs:member")).Status);
        });

    [Fact]
    public void More_than_the_projects_quota_allows_is_403() =>
        ComputeWorld.Run(async world =>
        {
            await world.PutAsync(
                $"/os-quota-sets/{ComputeWorld.Mine}",
                """{"quota_set":{"key_pairs":1}}""",
                "mine:admin"
            );
            var both = await Task.WhenAll(
                CreateAsync(world, $$"""{"name":"a","public_key":"{{Key}}"}"""),
                CreateAsync(world, $$"""{"name":"b","public_key":"{{Key}}"}""")
            );
            Assert.Equal([200, 403], both.Select(r => r.Status).Order());
            var refused = both.Single(r => r.Status == 403);
            Assert.Equal("403 forbidden: Quota exceeded, too many key pairs.", refused.Fault);
        });

    [Fact]
    public void Pages_are_by_name() =>
        ComputeWorld.Run(async world =>
        {
            foreach (var name in (string[])["b", "a", "c"])
                await CreateAsync(world, $$"""{"name":"{{name}}","public_key":"{{Key}}"}""");
            var all = (await world.GetAsync("/os-keypairs")).Json.GetProperty("keypairs").EnumerateArray();
            Assert.Equal(
                ["a", "b", "c"],
                all.Select(item => item.GetProperty("keypair").GetProperty("name").GetString())
            );
        });

    private static Task<Reply> CreateAsync(ComputeWorld world, string keypair, string token = "mine:member") =>
        world.PostAsync("/os-keypairs", $"{{\"keypair\":{keypair}}}", token);
}
