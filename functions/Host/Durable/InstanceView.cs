using System.Text.Json;
using Pipeline.Durable;

namespace Pipeline.Functions.Durable;

/// <summary>An orchestration on the wire, in Durable Functions' words, with the steps it has taken.</summary>
internal static class InstanceView
{
    public static void Write(Utf8JsonWriter w, OrchestrationState state, bool isAdmin)
    {
        w.WriteStartObject();
        w.WriteString("name", state.Name);
        w.WriteString("instanceId", state.Id);
        w.WriteString("runtimeStatus", state.Status);
        w.WriteString("resource", state.Resource);
        w.WriteString("requestId", state.RequestId);
        w.WriteString("customStatus", state.CustomStatus);
        w.WriteString("createdTime", state.CreatedAt);
        w.WriteString("lastUpdatedTime", state.UpdatedAt);
        w.WriteString("completedTime", state.CompletedAt?.ToString("O"));
        WriteFault(w, "fault", state.Fault);
        if (state.Blocked is { } blocked && isAdmin)
        {
            w.WriteStartObject("blocked");
            w.WriteNumber("seq", blocked.Seq);
            w.WriteString("recorded", blocked.Recorded);
            w.WriteString("replayed", blocked.Replayed);
            w.WriteString("reason", blocked.Reason);
            w.WriteEndObject();
        }
        w.WriteStartArray("steps");
        foreach (var step in state.Steps)
            Write(w, step, state.CompletedAt);
        w.WriteEndArray();
        w.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter w, StepState step, DateTimeOffset? ended)
    {
        w.WriteStartObject();
        w.WriteString("name", step.Name);
        w.WriteNumber("attempt", step.Attempt);
        w.WriteString("startedTime", step.StartedAt);
        w.WriteString(
            "status",
            step.Fault is not null ? "Failed"
                : step.EndedAt is not null ? "Completed"
                : ended is not null ? "Canceled"
                : "Running"
        );
        if (step.EndedAt is { } end)
            w.WriteNumber("seconds", Math.Round((end - step.StartedAt).TotalSeconds, 4));
        WriteFault(w, "fault", step.Fault);
        w.WriteEndObject();
    }

    private static void WriteFault(Utf8JsonWriter w, string name, FaultDetails? fault)
    {
        if (fault is null)
            return;
        w.WriteStartObject(name);
        w.WriteString("code", fault.Code.ToString());
        w.WriteString("message", fault.Message);
        w.WriteEndObject();
    }
}
