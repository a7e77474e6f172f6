using Pipeline.Cloud.Tests.Proof;
using Pipeline.Testing.Clouds;
using Pipeline.Testing.Histories;

namespace Pipeline.Cloud.Tests;

/// <summary>
/// Histories of every orchestration lie in `Histories/`: of each way it is on, and of each of its steps that fails. The code
/// of today must take the decisions that they hold, or the orchestrations that run in a cloud would be parked by an upgrade.
/// `GOLDEN=write` records them anew.
/// </summary>
public sealed class Histories_are_replayed : IClassFixture<Histories_are_replayed.Recording>
{
    private const string WhatToDo = """
        Orchestrations like these run in clouds, and this change would park them as blocked. Take the new way by
        `context.IsPatched("…")`, or leave the class as it is beside one of a higher Version (docs/adding-a-workflow.md).
        Only before the first release: record them anew by GOLDEN=write, in a commit that says so.
        """;

    [Fact]
    public void The_code_of_today_repeats_each_of_them()
    {
        List<string> wrong = [];
        TestCloud.Run(cloud =>
        {
            foreach (var name in HistoryFiles.All)
            foreach (var history in HistoryFiles.Read(name))
                if (cloud.DifferenceOf(history) is { } difference)
                    wrong.Add($"Histories/{name}.json, {history.Id}: {difference}");
            return Task.CompletedTask;
        });
        Assert.True(wrong.Count == 0, $"{string.Join('\n', wrong)}\n\n{WhatToDo}");
    }

    [Fact]
    public void Every_orchestration_has_them_of_each_way_and_each_step_that_fails()
    {
        var due = HistoryFiles.AllWays.SelectMany(HistoryFiles.Due).Distinct().ToList();
        var missing = due.Except(HistoryFiles.All).ToList();
        Assert.True(missing.Count == 0, $"GOLDEN=write records what is missing: {string.Join(", ", missing)}");
        Assert.Empty(Orchestrations.Known.Except(HistoryFiles.All.Select(f => f.Split('/')[0])));
    }

    [Fact]
    public void A_history_in_which_something_else_was_decided_is_told_apart() =>
        TestCloud.Run(cloud =>
        {
            var recorded = HistoryFiles.Read("ProvisionServer/a-server-is-built")[0];
            var swapped = Without(recorded, "TaskScheduled", "CreateDisks");
            Assert.Contains("CreateDisks", cloud.DifferenceOf(swapped), StringComparison.Ordinal);
            var ended = Changed(recorded, "ExecutionCompleted", e => e with { Name = "Failed" });
            Assert.Contains("it ended Failed", cloud.DifferenceOf(ended), StringComparison.Ordinal);
            Assert.Null(cloud.DifferenceOf(recorded));
            var unknown = recorded with { Version = 7 };
            Assert.Contains("version 7 of ProvisionServer", cloud.DifferenceOf(unknown), StringComparison.Ordinal);
            return Task.CompletedTask;
        });

    [Fact]
    public void What_is_written_is_read_back_the_same()
    {
        var recorded = HistoryFiles.Read("ProvisionServer/a-server-is-built");
        var again = RecordedHistory.Read(RecordedHistory.Write(recorded));
        Assert.Equal(recorded[0].Events, again[0].Events);
    }

    private static RecordedHistory Without(RecordedHistory history, string kind, string name) =>
        history with
        {
            Events = [.. history.Events.Where(e => e.Kind != kind || e.Name != name)],
        };

    private static RecordedHistory Changed(
        RecordedHistory history,
        string kind,
        Func<RecordedEvent, RecordedEvent> change
    ) => history with { Events = [.. history.Events.Select(e => e.Kind == kind ? change(e) : e)] };

    /// <summary>Before all tests, where it was asked for.</summary>
    public sealed class Recording
    {
        public Recording()
        {
            if (HistoryFiles.AreWritten)
                HistoryFiles.Record();
        }
    }
}
