using System.Diagnostics;
using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>
/// Spans of the engine: an episode under the request that began its orchestration, a step under the episode that asked for
/// it. Each is emitted with the commit that makes it true, so that replays and dead processes emit none.
/// </summary>
internal static class EngineSpans
{
    internal static readonly ActivitySource Spans = new("Pipeline.Durable");

    /// <summary>The acceptance of an orchestration; all its episodes hang on it.</summary>
    public static Activity? Accept(string name, StartOptions options, string? resource)
    {
        var caller = Activity.Current;
        var span = Spans.StartActivity($"create_orchestration:{name}", ActivityKind.Producer);
        Activity.Current = caller;
        Describe(span, "orchestration", name, options.InstanceId, resource);
        return span;
    }

    /// <summary>One turn; it becomes the current span of the calling method.</summary>
    public static Activity? Episode(InstanceRow instance) =>
        Describe(Start($"episode:{instance.Name}", ActivityKind.Consumer, instance.TraceParent), instance);

    /// <summary>One try of a step; it becomes the current span of the calling method. What its host was sent before has one.</summary>
    public static Activity? Step(TaskRow task)
    {
        if (task is { Kind: TaskRow.OnHost, Sends: > 0 })
            return null;
        var kind = task.Kind == TaskRow.OnHost ? ActivityKind.Producer : ActivityKind.Internal;
        return Describe(Start($"activity:{task.Name}", kind, task.TraceParent), task);
    }

    /// <summary>A step that a turn does in its own commit.</summary>
    public static Activity? OwnStep(TaskRow task)
    {
        var episode = Activity.Current;
        var span = Step(task);
        Activity.Current = episode;
        return span;
    }

    /// <summary>The span is emitted when the transaction is on disk, and never when it is not.</summary>
    public static void EmitWith(Tx tx, Activity? span, string? fault = null)
    {
        if (span is null)
            return;
        tx.OnCommitted(() =>
        {
            if (fault is not null)
                span.SetStatus(ActivityStatusCode.Error, fault);
            Stop(span);
        });
    }

    /// <summary>The whole of an orchestration that has ended, from its acceptance on.</summary>
    public static void EmitEnded(InstanceRow instance, EpisodeWrite end, DateTimeOffset now)
    {
        if (Start($"orchestration:{instance.Name}", ActivityKind.Internal, instance.TraceParent) is not { } span)
            return;
        Describe(span, instance);
        span.SetTag("durabletask.task.status", end.Status);
        if (end.Status != InstanceStatus.Completed)
            span.SetStatus(ActivityStatusCode.Error, end.Status);
        span.SetStartTime(instance.CreatedAt.UtcDateTime).SetEndTime(now.UtcDateTime);
        Stop(span);
    }

    /// <summary>Whose trace is not known has none: what follows from it would be a trace of crumbs.</summary>
    internal static Activity? Start(string name, ActivityKind kind, string? parent) =>
        ActivityContext.TryParse(parent, null, isRemote: true, out var context)
            ? Spans.StartActivity(name, kind, context)
            : null;

    /// <summary>A stopped span makes its parent current: not here, where it ends in another flow than its own.</summary>
    internal static void Stop(Activity span)
    {
        var current = Activity.Current;
        span.Stop();
        Activity.Current = current == span ? null : current;
    }

    internal static Activity? Describe(Activity? span, InstanceRow instance) =>
        Describe(span, "orchestration", instance.Name, instance.Id, instance.Resource);

    private static Activity? Describe(Activity? span, TaskRow task) =>
        Describe(span, "activity", task.Name, task.InstanceId, task.Resource)
            ?.SetTag("durabletask.task.task_id", task.TaskId)
            .SetTag("pipeline.attempt", task.Attempt)
            .SetTag("pipeline.host", task.Host);

    internal static Activity? Describe(Activity? span, string type, string name, string instance, string? resource) =>
        span is not { IsAllDataRequested: true }
            ? span
            : span.SetTag("durabletask.type", type)
                .SetTag("durabletask.task.name", name)
                .SetTag("durabletask.task.instance_id", instance)
                .SetTag("pipeline.resource", resource);
}
