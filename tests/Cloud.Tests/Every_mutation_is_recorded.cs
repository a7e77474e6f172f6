using Pipeline.Cloud.Tests.Access;
using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>
/// Every route of the table that is no read, asked by somebody who may: whatever it writes, its audit record is in the same
/// transaction, so that one is not there without the other. Each dies right before its commit, and then nothing is there.
/// </summary>
public sealed class Every_mutation_is_recorded
{
    private const string Died = "the process died before the commit";

    /// <summary>Routes that are no mutations of a user's, or that are seen to elsewhere.</summary>
    private static readonly Dictionary<string, string> Exempt = new()
    {
        ["compute-server-action"] = "below, an action at a time",
        ["image-upload-file"] = "its end has a record, also one that died (below)",
        ["identity-validate-ec2-signature"] = "a login writes nothing (decision 0022)",
        ["identity-validate-s3-signature"] = "a login writes nothing (decision 0022)",
        ["identity-issue-token"] = "a login writes nothing (decision 0022)",
        ["hosts-answer-step"] = "a host's answer to an order that has its record",
        ["hosts-answer-ask"] = "a host's answer to a question",
        ["hosts-heartbeat"] = "a host's own state",
        ["hosts-update-inventory"] = "a host's own state",
        ["volume-update-backends"] = "a host's own state",
        ["hosts-pull-messages"] = "a host takes its orders",
        ["hosts-hold-message"] = "a host takes its orders",
        ["hosts-ask-for-sweep"] = "a host asks to be compared",
        ["compute-keep-server-password"] = "a guest's word, which its host passes on",
        ["volume-host-keep-backup"] = "a host sends what it was told to",
        ["image-host-upload"] = "a host sends what it was told to, and its end has a record",
        ["hosts-delete-quarantined"] = "A_host_holds_what_it_should_not",
        ["durable-discard-dead-letter"] = "Operators_act_on_operations",
        ["durable-rewind-instance"] = "Operators_act_on_operations",
        ["identity-cancel-purge"] = "A_project_is_emptied",
        ["durable-replay-dead-letter"] = "Operators_act_on_operations",
    };

    /// <summary>What the engine and the sealer write by themselves meanwhile.</summary>
    private static readonly HashSet<string> Others =
    [
        "audit_chains",
        "functions_hosts",
        "host_sweeps",
        "hosts",
        "keyring",
    ];

    [Fact]
    public void In_the_transaction_that_makes_it_or_neither_is_there()
    {
        using var issuer = new KnownIssuer();
        TestCloud.Run(
            async cloud =>
            {
                var estate = await Estate.MakeAsync(cloud);
                var cases = await MutationCases.MakeAsync(cloud, estate, issuer);
                List<string> wrong = [];
                foreach (var route in Surface.All(cloud.Routes))
                    if (
                        route is { Method: not ("GET" or "HEAD"), Shared: false }
                        && !Exempt.ContainsKey(route.Function)
                    )
                        if (await WrongAsync(cloud, cases.Of(route)) is { } what)
                            wrong.Add($"{route}: {what}");
                foreach (var action in cases.OfActions())
                    if (await WrongAsync(cloud, action) is { } what)
                        wrong.Add($"{System.Text.Encoding.UTF8.GetString(action.Request.Body)}: {what}");
                Assert.True(wrong.Count == 0, string.Join('\n', wrong));
            },
            options: new(FunctionsHosts: 1) { Shared = true, Identity = issuer.Trusted }
        );
    }

    [Fact]
    public void No_exemption_outlives_its_route() =>
        TestCloud.Run(cloud =>
        {
            var functions = Surface.All(cloud.Routes).Select(route => route.Function).ToHashSet();
            Assert.All(Exempt.Keys, function => Assert.Contains(function, functions));
            return Task.CompletedTask;
        });

    [Fact]
    public void An_upload_is_recorded_when_it_ends() =>
        TestCloud.Run(async cloud =>
        {
            await cloud.AddPublicImageAsync();
            var seen = await cloud.Store.ReadAsync(tx =>
                tx.ListAsync<string>(
                    "SELECT target FROM audit WHERE rule = 'image:upload_image' AND result = 'success'"
                )
            );
            Assert.Equal([$"image/{cloud.Image}"], seen);
        });

    /// <returns>Null when it would have been recorded.</returns>
    private static async Task<string?> WrongAsync(TestCloud cloud, MutationCase asked)
    {
        var before = await CountAsync(cloud);
        List<IReadOnlySet<string>> commits = [];
        Recorded? record = null;
        cloud.Committing = async (tx, written) =>
        {
            if (written.IsSubsetOf(Others) || (written.Contains("audit") && written.Contains("audit_chains")))
                return;
            commits.Add(written.ToHashSet());
            record = await tx.FindAsync<Recorded>(
                "SELECT request_id, rule, user_id FROM audit WHERE number IS NULL ORDER BY seq DESC LIMIT 1"
            );
            throw new Fault(FaultCode.Unavailable, Died);
        };
        CloudAnswer answer;
        try
        {
            answer = await cloud.SendAsync(asked.Request, CancellationToken.None);
        }
        finally
        {
            cloud.Committing = (_, _) => ValueTask.CompletedTask;
        }
        if (!answer.Body.Contains(Died, StringComparison.Ordinal))
            return $"it came to no commit: {answer}";
        var bare = commits.Find(written => !written.Contains("audit"));
        if (bare is not null)
            return $"it writes {string.Join(", ", bare)} without a record";
        if (record?.RequestId != answer.Headers["X-Openstack-Request-Id"])
            return $"its record has the request {record?.RequestId}";
        if (asked.User is not null && record.UserId != asked.User)
            return $"its record has the user {record.UserId}";
        if (!record.Rule.Contains(':'))
            return $"its record has the rule '{record.Rule}'";
        return await CountAsync(cloud) == before ? null : "a record is there without the mutation";
    }

    private static Task<long> CountAsync(TestCloud cloud) =>
        cloud.Store.ReadAsync(async tx => await tx.ScalarAsync<long>("SELECT COUNT(*) FROM audit"));

    private sealed record Recorded
    {
        public string RequestId { get; init; } = "";
        public string Rule { get; init; } = "";
        public string? UserId { get; init; }
    }
}
