using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pipeline.Testing.Clouds;

namespace Pipeline.Services.Tests.Audit;

/// <summary>What was sealed cannot be changed, taken out, or put in, without the chain showing where.</summary>
public sealed class ChainTests
{
    [Fact]
    public void Anybody_can_compute_a_hash_from_what_is_listed() =>
        AuditStage.Run(async stage =>
        {
            await ActAsync(stage, 3);
            var events = await stage.EventsAsync("?sort=at:asc", stage.Manager);
            var before = "";
            foreach (var seen in events)
            {
                var chain = seen.GetProperty("chain");
                Assert.Equal(before, chain.GetProperty("previous").GetString());
                before = HashOf(seen);
                Assert.Equal(before, chain.GetProperty("hash").GetString());
            }
            var verified = (await VerifyAsync(stage, "")).Must(200);
            Assert.Equal(
                ("True", "3", before),
                (verified.Text("intact"), verified.Text("records"), verified.Text("hash"))
            );
        });

    [Theory]
    [InlineData("UPDATE audit SET result = 'failure' WHERE number = 2 AND project_id = '{0}'", 2, "content")]
    [InlineData("UPDATE audit SET user_id = NULL WHERE number = 1 AND project_id = '{0}'", 1, "content")]
    [InlineData("UPDATE audit SET at = at + 1 WHERE number = 3 AND project_id = '{0}'", 3, "content")]
    [InlineData("DELETE FROM audit WHERE number = 1 AND project_id = '{0}'", 1, "missing")]
    [InlineData("DELETE FROM audit WHERE number = 2 AND project_id = '{0}'", 2, "missing")]
    [InlineData("DELETE FROM audit WHERE number >= 3 AND project_id = '{0}'", 3, "missing")]
    [InlineData("UPDATE audit SET previous = hash WHERE number = 3 AND project_id = '{0}'", 3, "link")]
    [InlineData("UPDATE audit_chains SET hash = 'x' WHERE project_id = '{0}'", 4, "last hash")]
    public void The_first_record_that_was_tampered_with_is_named(string tampering, int number, string reason) =>
        AuditStage.Run(async stage =>
        {
            await ActAsync(stage, 4);
            await VerifyAsync(stage, "");
            Assert.True(await stage.ChangeAsync(string.Format(null, tampering, stage.Project)) > 0);
            var found = (await VerifyAsync(stage, "")).Must(200);
            Assert.Equal("False", found.Text("intact"));
            Assert.Equal($"{number}", found.Text("broken", "number"));
            Assert.Contains(reason, found.Text("broken", "reason"), StringComparison.Ordinal);
        });

    [Fact]
    public void A_chain_that_was_written_anew_as_a_whole_is_not_the_one_that_was_known() =>
        AuditStage.Run(async stage =>
        {
            await ActAsync(stage, 3);
            var known = (await VerifyAsync(stage, "")).Must(200);
            var point = $"?number=3&hash={known.Text("hash")}";
            Assert.Equal("True", (await VerifyAsync(stage, point)).Text("intact"));
            await stage.ChangeAsync($"DELETE FROM audit_chains WHERE project_id = '{stage.Project}'");
            await stage.ChangeAsync($"UPDATE audit SET number = NULL, rule = 'x' WHERE project_id = '{stage.Project}'");
            Assert.Equal("True", (await VerifyAsync(stage, "")).Text("intact"));
            var found = await VerifyAsync(stage, point);
            Assert.Equal(("False", "3"), (found.Text("intact"), found.Text("broken", "number")));
            var longer = await VerifyAsync(stage, $"?number=9&hash={known.Text("hash")}");
            Assert.Equal(("False", "4"), (longer.Text("intact"), longer.Text("broken", "number")));
        });

    [Fact]
    public void A_chain_is_verified_by_whom_it_is_about() =>
        AuditStage.Run(async stage =>
        {
            await ActAsync(stage, 1);
            Assert.Equal(403, (await stage.GetAsync("verification", stage.Cloud.Demo)).Status);
            Assert.Equal(404, (await VerifyAsync(stage, "?chain=system")).Status);
            Assert.Equal(400, (await VerifyAsync(stage, "?number=1")).Status);
            var chains = (await stage.GetAsync("chains", stage.Cloud.Admin)).Must(200).Json.GetProperty("chains");
            Assert.Contains(chains.EnumerateArray(), c => c.GetProperty("chain").GetString() == "system");
            foreach (var chain in chains.EnumerateArray())
            {
                var name = Uri.EscapeDataString(chain.GetProperty("chain").GetString()!);
                var verified = await stage.GetAsync($"verification?chain={name}", stage.Cloud.Admin);
                Assert.Equal("True", verified.Must(200).Text("intact"));
            }
            var own = (await stage.GetAsync("chains", stage.Manager)).Must(200).Json.GetProperty("chains");
            Assert.Equal(
                $"project/{stage.Project}",
                Assert.Single(own.EnumerateArray()).GetProperty("chain").GetString()
            );
        });

    [Fact]
    public void Records_are_sealed_without_being_asked_for_and_none_is_left_out() =>
        AuditStage.Run(async stage =>
        {
            await ActAsync(stage, 10);
            await stage.Cloud.PassAsync(TimeSpan.FromSeconds(11));
            var (all, chained) = await stage.Cloud.Store.ReadAsync(async tx =>
                (
                    await tx.ScalarAsync<long>("SELECT COUNT(*) FROM audit"),
                    await tx.ScalarAsync<long>("SELECT SUM(number) FROM audit_chains")
                )
            );
            Assert.Equal(all, chained);
        });

    [Fact]
    public void Functions_hosts_that_seal_at_once_make_one_chain() =>
        AuditStage.Run(async stage =>
        {
            var turns = Enumerable
                .Range(0, 20)
                .Select(async i =>
                {
                    await stage.ActAsync($"key-{i}");
                    (await VerifyAsync(stage, "")).Must(200); // the functions hosts take turns
                });
            await Task.WhenAll(turns);
            var verified = await VerifyAsync(stage, "");
            Assert.Equal(("True", "20"), (verified.Text("intact"), verified.Text("records")));
        });

    private static Task<CloudAnswer> VerifyAsync(AuditStage stage, string query) =>
        stage.GetAsync($"verification{query}", stage.Manager);

    private static async Task ActAsync(AuditStage stage, int times)
    {
        for (var i = 0; i < times; i++)
            await stage.ActAsync($"key-{i}");
    }

    /// <summary>As docs/audit.md says it, from the JSON alone.</summary>
    private static string HashOf(JsonElement seen)
    {
        var chain = seen.GetProperty("chain");
        var at = DateTimeOffset.Parse(seen.GetProperty("at").GetString()!, null);
        var micros = (at - DateTimeOffset.UnixEpoch).Ticks / 10;
        var target = seen.GetProperty("target");
        string?[] fields =
        [
            "pipeline-audit-1",
            chain.GetProperty("name").GetString(),
            chain.GetProperty("number").ToString(),
            chain.GetProperty("previous").GetString(),
            seen.GetProperty("id").GetString(),
            $"{micros}",
            seen.GetProperty("user_id").GetString(),
            seen.GetProperty("project_id").GetString(),
            seen.GetProperty("domain_id").GetString(),
            seen.GetProperty("request_id").GetString(),
            seen.GetProperty("rule").GetString(),
            $"{target.GetProperty("type").GetString()}/{target.GetProperty("id").GetString()}",
            seen.GetProperty("result").GetString(),
        ];
        var text = string.Concat(fields.Select(f => f is null ? "-," : $"{Encoding.UTF8.GetByteCount(f)}:{f},"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
