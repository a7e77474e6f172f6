using Pipeline.Durable;
using Pipeline.Identity.Activities;

namespace Pipeline.Identity.Orchestrations;

/// <param name="By">Who asked, with a token of which scope: the audit records of what goes are theirs.</param>
internal sealed record PurgeProject(
    ProjectId Project,
    UserId By,
    ProjectId? ByProject,
    DomainId? ByDomain,
    string RequestId
) : IOrchestration<Done>
{
    public string? Resource => ResourceOf(Project);

    public static string ResourceOf(ProjectId project) => $"purge/{project}";
}

/// <summary>
/// Empties a project: stage by stage, each begun when nothing of the one before it is left. What stands in the way of something (another
/// project's port on its network) is shown, and looked at again, until it is gone or somebody cancels.
/// </summary>
[ForwardOnly("it only takes away; what is gone when it is cancelled was meant to go")]
internal sealed class PurgeProjectOrchestrator : TaskOrchestrator<PurgeProject, Done>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(30);

    /// <summary>So long a history; then it begins anew, and finds what is done already gone.</summary>
    private const int MostRounds = 60;

    /// <summary>What is in the way may stay there for long: an operator sees it, and decides.</summary>
    public override TimeSpan Deadline => TimeSpan.FromDays(3650);

    public override async Task<Done> RunAsync(TaskOrchestrationContext context, PurgeProject order)
    {
        for (var round = 1; ; round++)
        {
            var left = await RemoveAsync(context, order);
            if (left is null)
                return await context.CallActivityAsync(new ForgetProject(order.Project), TaskOptions.UntilDone);
            if (round == MostRounds)
                break;
            context.SetCustomStatus(left);
            await context.CreateTimer(left.Obstacles.Count == 0 ? Pause : LongPause);
        }
        context.ContinueAsNew(order);
        return Done.Instance;
    }

    /// <returns>The first stage of which something is under way, or all that is in the way; null when nothing is left.</returns>
    private static async Task<PurgeProgress?> RemoveAsync(TaskOrchestrationContext context, PurgeProject order)
    {
        List<PurgeObstacle> obstacles = [];
        PurgeStage? stuck = null;
        foreach (var stage in Enum.GetValues<PurgeStage>())
        {
            var going = 0;
            for (PurgePlace? place = new(0, ""); place is not null; )
            {
                var done = await context.CallActivityAsync(
                    new RemoveHoldings(order, stage, place),
                    TaskOptions.UntilDone
                );
                going += done.Going;
                obstacles.AddRange(done.Obstacles);
                stuck ??= done.Obstacles.Count > 0 ? stage : null;
                place = done.Next;
            }
            if (going > 0)
                return new(stage, going, obstacles);
        }
        return stuck is { } first ? new(first, 0, obstacles) : null;
    }
}

/// <summary>Shown as the orchestration's custom status.</summary>
/// <param name="Going">How many things of the stage are being removed.</param>
internal sealed record PurgeProgress(PurgeStage Stage, int Going, IReadOnlyList<PurgeObstacle> Obstacles);

internal sealed record PurgeObstacle(string Kind, string Id, string Why);
