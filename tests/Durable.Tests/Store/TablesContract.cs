using System.Security.Cryptography;
using Pipeline.Contracts.Identity;
using Pipeline.Data;

namespace Pipeline.Durable.Tests.Store;

/// <summary>Usage, locks, idempotency, outbox, secrets and audit, each as its callers rely on it.</summary>
public abstract class TablesContract(StoreKind kind) : IAsyncLifetime
{
    private static readonly ProjectId Project = new("0123456789abcdef0123456789abcdef");
    private static readonly ProjectId Other = new("fedcba9876543210fedcba9876543210");
    private TestStore store = null!;

    private Database Db => store.Db;

    public async ValueTask InitializeAsync() => store = await TestStore.NewAsync(kind);

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Usage_is_claimed_up_to_the_limit_and_not_beyond()
    {
        Assert.Null(await ClaimAsync(3));
        Assert.Equal(new Shortage("cores", 2, 3, 4), await ClaimAsync(2));
        Assert.Equal(3, await UsedAsync());
        Assert.Null(await ClaimAsync(1));
        await Db.WriteAsync(tx => tx.SetLimitAsync("limit", Project, "cores", 1));
        Assert.NotNull(await ClaimAsync(1));
        Assert.Null(await ClaimAsync(-2));
        await Db.WriteAsync(tx => tx.ReleaseUsageAsync(Project, ("cores", 2)));
        Assert.Equal(0, await UsedAsync());
        await Db.WriteAsync(tx => tx.SetLimitAsync("another", Project, "cores", -1));
        Assert.Null(await ClaimAsync(1_000_000));
    }

    [Fact]
    public async Task One_projects_usage_is_not_anothers_and_all_resources_of_a_claim_count_or_none()
    {
        var shortage = await Db.WriteAsync(async tx =>
            {
                var found = await tx.ClaimUsageAsync(Other, new("ram", 4, 10), new("cores", 9, 4));
                return found is null ? found : throw Fault.Conflict(found.Resource);
            })
            .ContinueWith(t => t.Exception!.InnerException!.Message, TaskScheduler.Default);
        Assert.Equal("cores", shortage);
        Assert.Equal(0, await Db.ReadAsync(tx => tx.UsedAsync(Other, "ram")));
    }

    [Fact]
    public async Task A_resource_has_one_operation_and_each_begins_with_a_higher_epoch()
    {
        Assert.Equal(1, await LockAsync("first"));
        Assert.Null(await LockAsync("second"));
        Assert.Equal(2, await Db.WriteAsync(tx => tx.RaiseEpochAsync("server/a")));
        Assert.Null(await UnlockAsync("second"));
        Assert.Null(await UnlockAsync("first"));
        Assert.Equal(3, await LockAsync("second"));
    }

    [Fact]
    public async Task A_projects_own_limit_goes_before_the_clouds_and_that_before_the_services()
    {
        var cores = new QuotaKind("compute", "class:VCPU", "cores", 4, "Virtual CPUs.");
        Assert.Equal((4, 4), await HoldingAsync());
        await Db.WriteAsync(tx => tx.SetDefaultAsync(cores, 2));
        Assert.Equal((2, 2), await HoldingAsync());
        Assert.Equal((2, 3, 0), await ShortOfAsync(3));
        await Db.WriteAsync(tx => tx.SetLimitAsync("limit", Project, "cores", 5));
        await Db.WriteAsync(tx => tx.SetDefaultAsync(cores, -1));
        Assert.Equal((5, -1), await HoldingAsync());
        Assert.Equal((5, 6, 0), await ShortOfAsync(6));
        await Db.WriteAsync(async tx => await tx.ClearLimitsAsync(Project, ["cores"]));
        Assert.Equal((-1, -1), await HoldingAsync());
        Assert.Null(await ClaimAsync(1000));

        async Task<(long Own, long Other)> HoldingAsync() =>
            await Db.ReadAsync(async tx =>
                (await tx.LimitAsync(Project, "cores", 4), (await tx.QuotasAsync(Other, [cores]))[0].Limit)
            );

        async Task<(long Limit, long Requested, long Used)> ShortOfAsync(long amount) =>
            await ClaimAsync(amount) is { } s ? (s.Limit, s.Requested, s.Used) : default;
    }

    [Fact]
    public async Task A_limit_of_the_time_before_unified_limits_is_held()
    {
        string[] before =
        [
            "DROP VIEW quota_limits",
            "DROP TABLE limits",
            "DROP TABLE registered_limits",
            "CREATE TABLE quota_limits (project_id TEXT NOT NULL, resource TEXT NOT NULL, hard_limit BIGINT NOT NULL)",
            $"INSERT INTO quota_limits VALUES ('{Project}', 'cores', 3)",
            "DELETE FROM schema_version WHERE id LIKE '%0024%'",
        ];
        foreach (var statement in before)
            await Db.WriteAsync(tx => tx.ExecuteAsync(statement));
        using var commits = new ThreadCommitLoop();
        using var later = store.Open(commits);
        Assert.Equal(3, await later.ReadAsync(tx => tx.LimitAsync(Project, "cores", 4)));
        Assert.Equal(4, await later.ReadAsync(tx => tx.LimitAsync(Other, "cores", 4)));
    }

    [Fact]
    public async Task A_lock_is_handed_to_the_one_successor_with_a_raised_epoch()
    {
        Assert.False(await Db.WriteAsync(tx => tx.TrySucceedAsync("server/a", "next")));
        await LockAsync("first");
        Assert.True(await Db.WriteAsync(tx => tx.TrySucceedAsync("server/a", "next")));
        Assert.False(await Db.WriteAsync(tx => tx.TrySucceedAsync("server/a", "another")));
        Assert.Equal(
            new HeldResource
            {
                Resource = "server/a",
                Epoch = 2,
                Operation = "next",
            },
            await UnlockAsync("first")
        );
        Assert.Null(await UnlockAsync("next"));
        Assert.Null((await Db.ReadAsync(tx => tx.FindHeldAsync("server/a")))!.Operation);
    }

    [Fact]
    public async Task The_first_answer_to_a_key_holds_for_a_day_for_the_same_request()
    {
        var key = new IdempotencyKey(Project.Value, "k", "digest");
        await Db.WriteAsync(tx => tx.RememberAsync(key, 202, "first"));
        store.Time.Pass(TimeSpan.FromHours(23));
        Assert.Equal((202, "first"), await RecallAsync(key));
        Assert.Null(await RecallAsync(key with { Owner = Other.Value }));
        await Assert.ThrowsAsync<Fault>(() => RecallAsync(key with { Request = "another" }));
        await Assert.ThrowsAsync<Fault>(() => Db.WriteAsync(tx => tx.RememberAsync(key, 202, "second")));
        store.Time.Pass(TimeSpan.FromHours(1));
        Assert.Null(await RecallAsync(key));
        await Db.WriteAsync(tx => tx.RememberAsync(key, 202, "third"));
        Assert.Equal((202, "third"), await RecallAsync(key));
        store.Time.Pass(TimeSpan.FromHours(24));
        Assert.Equal(1, await Db.WriteAsync(tx => tx.ForgetAsync(10)));
    }

    /// <summary>A client whose first request hangs asks another functions host: both get the one answer.</summary>
    [Fact]
    public async Task Requests_with_one_key_at_the_same_time_have_one_answer()
    {
        for (var round = 0; round < 10; round++)
        {
            var key = new IdempotencyKey(Project.Value, $"key-{round}", "digest");
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => AnswerOnceAsync(key, $"answer {i}")));
            Assert.Single(answers.Distinct());
        }
    }

    [Fact]
    public async Task Messages_leave_in_order_and_only_what_was_sent_goes()
    {
        await Db.WriteAsync(async tx =>
        {
            for (var i = 0; i < 5; i++)
                await tx.EnqueueAsync("host-a", $"{i}", "00-trace");
        });
        var first = await Db.ReadAsync(tx => tx.ListOutboxAsync(3));
        Assert.Equal(["0", "1", "2"], first.Select(m => m.Body));
        await Db.WriteAsync(tx => tx.DeleteOutboxAsync([first[0].Seq, first[2].Seq]));
        await Db.WriteAsync(tx => tx.DeleteOutboxAsync([]));
        Assert.Equal(["1", "3", "4"], (await Db.ReadAsync(tx => tx.ListOutboxAsync(10))).Select(m => m.Body));
    }

    [Fact]
    public async Task A_secret_opens_under_its_key_and_id_alone_and_goes_with_its_owner()
    {
        var randomness = Randomness.Seeded(1);
        using var vault = new Vault(randomness.Bytes(32), randomness);
        using var other = new Vault(randomness.Bytes(32), randomness);
        var sealedOne = vault.Seal("password"u8);
        await Db.WriteAsync(tx => tx.PutSecretAsync("server/a", sealedOne));
        var found = (await Db.ReadAsync(tx => tx.FindSecretAsync(sealedOne.Id)))!;
        Assert.Equal("password"u8, vault.Open(found));
        Assert.DoesNotContain("password", found.Sealed);
        Assert.ThrowsAny<CryptographicException>(() => other.Open(found));
        Assert.ThrowsAny<CryptographicException>(() => vault.Open(found with { Id = new(randomness.NewGuid()) }));
        Assert.ThrowsAny<CryptographicException>(() => vault.Open(found with { Sealed = "AAAA" }));
        await Db.WriteAsync(tx => tx.DeleteSecretsAsync("server/a"));
        Assert.Null(await Db.ReadAsync(tx => tx.FindSecretAsync(sealedOne.Id)));
    }

    [Fact]
    public void A_vault_serves_many_threads()
    {
        var randomness = Randomness.Secure();
        using var vault = new Vault(randomness.Bytes(32), randomness);
        Parallel.For(
            0,
            2_000,
            i => Assert.Equal(i, BitConverter.ToInt32(vault.Open(vault.Seal(BitConverter.GetBytes(i)))))
        );
    }

    [Fact]
    public async Task Who_changed_what_is_written_with_the_change()
    {
        var entry = new AuditRecord(null, Project, null, "req-1", "compute:servers:create", "server/a");
        await Db.WriteAsync(tx => tx.AuditAsync(entry));
        var (at, result) = await Db.ReadAsync(async tx =>
            (
                await tx.ScalarAsync<long>("SELECT at FROM audit"),
                await tx.ScalarAsync<string>("SELECT result FROM audit")
            )
        );
        Assert.Equal((Time.ToMicroseconds(store.Time.GetUtcNow()), "success"), (at, result));
    }

    [Fact]
    public void Seeded_ids_repeat_and_are_proper_uuids()
    {
        var (a, b) = (Randomness.Seeded(5), Randomness.Seeded(5));
        var id = a.NewGuid();
        Assert.Equal(id, b.NewGuid());
        Assert.Equal(4, id.Version);
        Assert.NotEqual(id, a.NewGuid());
        Assert.All(Enumerable.Range(0, 200).Select(_ => a.Next(3)), n => Assert.InRange(n, 0, 2));
        Assert.Matches("^[a-zA-Z2-9]{20}$", a.Password(20));
    }

    private Task<Shortage?> ClaimAsync(long amount) =>
        Db.WriteAsync(async tx =>
                await tx.ClaimUsageAsync(Project, new UsageChange("cores", amount, 4)) is { } shortage
                    ? throw new ShortageException(shortage)
                    : (Shortage?)null
            )
            .ContinueWith(
                t => t.IsFaulted ? ((ShortageException)t.Exception.InnerException!).Shortage : t.Result,
                TaskScheduler.Default
            );

    private Task<long> UsedAsync() => Db.ReadAsync(tx => tx.UsedAsync(Project, "cores"));

    private Task<long?> LockAsync(string operation) => Db.WriteAsync(tx => tx.TryLockAsync("server/a", operation));

    private Task<HeldResource?> UnlockAsync(string operation) =>
        Db.WriteAsync(tx => tx.UnlockAsync("server/a", operation));

    private Task<string> AnswerOnceAsync(IdempotencyKey key, string answer) =>
        Db.WriteAsync(async tx =>
        {
            if (await tx.RecallAsync(key) is { } stored)
                return stored.Body;
            await tx.RememberAsync(key, 202, answer);
            return answer;
        });

    private async Task<(int, string)?> RecallAsync(IdempotencyKey key) =>
        await Db.ReadAsync(tx => tx.RecallAsync(key)) is { } answer ? (answer.Status, answer.Body) : null;

    private sealed class ShortageException(Shortage shortage) : Exception
    {
        public Shortage Shortage => shortage;
    }
}

public sealed class TablesOnSqliteTests() : TablesContract(StoreKind.Sqlite);

public sealed class TablesOnPostgresTests() : TablesContract(StoreKind.Postgres);
