using System.Text.Json;
using Pipeline.Durable;
using Pipeline.Durable.Management;

namespace Pipeline.Functions.Durable;

/// <summary>What of an orchestration is asked for; Durable Functions' own words and defaults.</summary>
internal sealed record InstanceParts(bool Input = true, bool History = false, bool HistoryOutput = false)
{
    public static InstanceParts Of(Query query) =>
        new(
            query.Bool("showInput") ?? true,
            query.Bool("showHistory") ?? false,
            query.Bool("showHistoryOutput") ?? false
        );
}

/// <summary>An orchestration on the wire, in Durable Functions' words, with the steps it has taken.</summary>
internal static class InstanceView
{
    public static void Write(Utf8JsonWriter w, OrchestrationState state, InstanceParts parts, HostNames hosts)
    {
        w.WriteStartObject();
        w.WriteString("name", state.Name);
        w.WriteString("instanceId", state.Id);
        w.WriteString("runtimeStatus", state.Status);
        w.WriteString("resource", state.Resource);
        w.WriteString("requestId", state.RequestId);
        if (parts.Input)
            WriteJson(w, "input", state.Input, hosts);
        WriteJson(w, "customStatus", state.CustomStatus, hosts);
        WriteJson(w, "output", state.Output, hosts);
        w.WriteString("createdTime", state.CreatedAt);
        w.WriteString("lastUpdatedTime", state.UpdatedAt);
        w.WriteString("completedTime", state.CompletedAt?.ToString("O"));
        WriteFault(w, "fault", state.Fault, hosts);
        if (hosts.ForOperator)
        {
            WriteBlocked(w, state.Blocked);
            if (state.SuspendReason is { } why)
                w.WriteString("suspendReason", why);
        }
        WriteProgress(w, state.Progress);
        if (state.Waits.Count > 0)
            WriteWaits(w, state.Waits, hosts);
        if (state.Steps.Count > 0 || parts.History)
            WriteSteps(w, state, hosts);
        if (parts.History)
            HistoryView.Write(w, state, parts, hosts);
        w.WriteEndObject();
    }

    /// <summary>JSON that is stored as such; null where there is none.</summary>
    public static void WriteJson(Utf8JsonWriter w, string name, string? json, HostNames hosts)
    {
        w.WritePropertyName(name);
        if (string.IsNullOrEmpty(json))
            w.WriteNullValue();
        else
            w.WriteRawValue(hosts.In(json));
    }

    public static void WriteFault(Utf8JsonWriter w, string name, FaultDetails? fault, HostNames hosts)
    {
        if (fault is null)
            return;
        w.WriteStartObject(name);
        w.WriteString("code", fault.Code.ToString());
        w.WriteString("message", hosts.In(fault.Message));
        w.WriteEndObject();
    }

    /// <summary>The hosts that its steps are done on.</summary>
    public static IEnumerable<HostId> HostsOf(OrchestrationState state) =>
        state.Steps.Select(s => s.Host).Concat(state.Waits.Select(wait => wait.Host)).OfType<HostId>();

    /// <summary>How a step of an orchestration stands.</summary>
    private static string StatusOf(StepState step, bool over) =>
        step.EndedAt is null
            ? over
                ? InstanceStatus.Canceled
                : step.Fault is not null
                    ? InstanceStatus.Failed
                    : InstanceStatus.Running
            : step.Fault is null
                ? InstanceStatus.Completed
                : InstanceStatus.Failed;

    private static void WriteSteps(Utf8JsonWriter w, OrchestrationState state, HostNames hosts)
    {
        w.WriteStartArray("steps");
        foreach (var step in state.Steps)
        {
            w.WriteStartObject();
            WriteStep(w, step, state.CompletedAt is not null, hosts);
            w.WriteEndObject();
        }
        w.WriteEndArray();
    }

    private static void WriteWaits(Utf8JsonWriter w, IReadOnlyList<InstanceWait> waits, HostNames hosts)
    {
        w.WriteStartArray("waits");
        foreach (var wait in waits)
        {
            w.WriteStartObject();
            w.WriteString("type", wait.Type);
            if (wait.Name is { } name)
                w.WriteString("name", name);
            if (wait.Attempt is { } attempt)
                w.WriteNumber("attempt", attempt);
            if (wait.Host is { } host)
                w.WriteString("host", hosts.Of(host));
            // Who holds a lock may be another project's.
            if (wait.InstanceId is { } instance && (hosts.ForOperator || wait.Type != WaitType.Lock))
                w.WriteString("instanceId", instance);
            if (wait.DueAt is { } due)
                w.WriteString("dueTime", due);
            w.WriteEndObject();
        }
        w.WriteEndArray();
    }

    /// <summary>The members of a step's object.</summary>
    /// <param name="over">True when the orchestration has ended.</param>
    public static void WriteStep(Utf8JsonWriter w, StepState step, bool over, HostNames hosts)
    {
        w.WriteString("name", step.Name);
        w.WriteNumber("attempt", step.Attempt);
        w.WriteString("startedTime", step.StartedAt);
        w.WriteString("status", StatusOf(step, over));
        if (step.Host is { } host)
            w.WriteString("host", hosts.Of(host));
        if (step is { Done: { } done, EndedAt: null })
            w.WriteNumber("percentComplete", (int)(done * 100));
        if (step.EndedAt is { } end)
            w.WriteNumber("seconds", Math.Round((end - step.StartedAt).TotalSeconds, 4));
        WriteFault(w, "fault", step.Fault, hosts);
    }

    public static void WriteProgress(Utf8JsonWriter w, InstanceProgress? progress)
    {
        if (progress is null)
            return;
        w.WriteStartObject("progress");
        w.WriteNumber("step", progress.Step);
        w.WriteNumber("of", progress.Of);
        w.WriteNumber("p90RemainingSeconds", Math.Round(progress.P90Remaining.TotalSeconds, 3));
        w.WriteEndObject();
    }

    public static void WriteBlocked(Utf8JsonWriter w, Blocked? blocked)
    {
        if (blocked is null)
            return;
        w.WriteStartObject("blocked");
        w.WriteNumber("seq", blocked.Seq);
        w.WriteString("recorded", blocked.Recorded);
        w.WriteString("replayed", blocked.Replayed);
        w.WriteString("reason", blocked.Reason);
        w.WriteEndObject();
    }
}
