using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Placement.Ledger;
using Pipeline.Runtime;
using Pipeline.Testing.Simulation;

namespace Pipeline.Services.Tests.Placement;

public sealed class LedgerStoreTests
{
    private static readonly HostId Host = new(new Guid("11111111-1111-1111-1111-111111111111"));
    private static readonly Holding Guest = new(HoldingKind.Guest, new Guid("22222222-2222-2222-2222-222222222222"));

    [Fact]
    public void What_the_last_sweep_found_is_on_the_metrics_page() =>
        RunWorld(
            async (db, _) =>
            {
                Assert.Contains("pipeline_orphans 0\n", await MetricsAsync(db), StringComparison.Ordinal);
                await db.WriteAsync(async tx =>
                {
                    await tx.CountSweepAsync(Host, tx.Now);
                    await tx.QuarantineAsync(Host, Guest, "a", "nobody's");
                    await tx.SaveSweepAsync(Host, new([Guest], [new(Guest, "")], [Guest], []), 3, tx.Now);
                    await tx.BeginLineAsync(above: 1);
                });
                var text = await MetricsAsync(db);
                Assert.Contains("pipeline_orphans 2\n", text, StringComparison.Ordinal);
                Assert.Contains("pipeline_missing 1\n", text, StringComparison.Ordinal);
                Assert.Contains("pipeline_quarantined 1\n", text, StringComparison.Ordinal);
                Assert.Contains("pipeline_sweeps_held_back 1\n", text, StringComparison.Ordinal);
            }
        );

    [Fact]
    public void A_thing_keeps_its_id_in_quarantine_however_often_it_is_found() =>
        RunWorld(
            async (db, time) =>
            {
                foreach (var id in new[] { "a", "b", "c" })
                {
                    await db.WriteAsync(tx => tx.QuarantineAsync(Host, Guest, id, "nobody's"));
                    await Task.Delay(TimeSpan.FromMinutes(5), time);
                }
                var row = Assert.Single(await db.ReadAsync(LedgerStore.ListQuarantineAsync));
                Assert.Equal(("a", Guest), (row.Id, row.Item));
                Assert.True(row.SeenAt > row.FoundAt);
            }
        );

    [Fact]
    public void A_removal_is_forgotten_after_its_time_and_not_before() =>
        RunWorld(
            async (db, time) =>
            {
                await db.WriteAsync(tx => tx.RecordRemovalAsync(Removals.Server, $"{Guest.Id}"));
                for (var half = 0; half < 2; half++) // no timer takes so long
                    await Task.Delay((Removals.Kept - TimeSpan.FromHours(1)) / 2, time);
                Assert.False(await db.ReadAsync(Removals.HasForgettableAsync));
                await Task.Delay(TimeSpan.FromHours(2), time);
                Assert.True(await db.ReadAsync(Removals.HasForgettableAsync));
                await db.WriteAsync(Removals.ForgetRemovalsAsync);
                Assert.Empty(await db.ReadAsync(tx => tx.ListRemovalsAsync(Removals.Server, [$"{Guest.Id}"])));
            }
        );

    private static async Task<string> MetricsAsync(Database db)
    {
        var text = new PrometheusText();
        await new LedgerMetrics(db).WriteAsync(text);
        return text.ToString();
    }

    private static void RunWorld(Func<Database, TimeProvider, Task> test)
    {
        var world = new SimulationContext(7);
        world.Run(async () =>
        {
            using var db = Database.InMemory(world.Time, new ContextCommitLoop(world));
            await Cloud.EnsureAsync(db, world.Randomness);
            await test(db, world.Time);
        });
    }
}
