using System.Text.Json;
using Pipeline.Durable;
using Pipeline.Durable.Management;

namespace Pipeline.Functions.Durable;

/// <summary>`historyEvents` of a status, spelled as Durable Functions does.</summary>
internal static class HistoryView
{
    public static void Write(Utf8JsonWriter w, OrchestrationState state, InstanceParts parts, HostNames hosts)
    {
        w.WriteStartArray("historyEvents");
        foreach (var item in state.History)
            Write(w, item, parts, hosts);
        w.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter w, HistoryItem item, InstanceParts parts, HostNames hosts)
    {
        w.WriteStartObject();
        w.WriteString("EventType", item.EventType);
        if (item.Name is not null)
            w.WriteString(NameKey(item.EventType), item.Name);
        if (item.Status is not null)
            w.WriteString("OrchestrationStatus", item.Status);
        if (parts.Input && item.Input is not null)
            InstanceView.WriteJson(w, "Input", item.Input, hosts);
        if (parts.HistoryOutput && item.Result is not null)
            InstanceView.WriteJson(w, "Result", item.Result, hosts);
        if (item.Fault is { } fault)
        {
            w.WriteString("Reason", hosts.In(fault.Message));
            w.WriteString("Details", fault.Code.ToString());
        }
        if (item.ScheduledAt is { } scheduled)
            w.WriteString("ScheduledTime", scheduled);
        if (item.FireAt is { } fire)
            w.WriteString("FireAt", fire);
        w.WriteString("Timestamp", item.At);
        w.WriteEndObject();
    }

    /// <summary>A step that is not done has a `Name`, as an event has; what ran has a `FunctionName`.</summary>
    private static string NameKey(string eventType) =>
        eventType is "TaskScheduled" or "EventRaised" ? "Name" : "FunctionName";
}
