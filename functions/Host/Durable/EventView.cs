using System.Buffers;
using System.Text;
using System.Text.Json;
using Pipeline.Durable.Management;

namespace Pipeline.Functions.Durable;

/// <summary>
/// Server-sent events of an orchestration: `begun`, `step`, `status`, `ended`, each a JSON object and an id from which a
/// client that was cut off goes on, and `done` when nothing will follow.
/// </summary>
internal static class EventView
{
    /// <summary>A client that is cut off comes again after a second.</summary>
    public static readonly byte[] Hello = "retry: 1000\n\n"u8.ToArray();

    public static readonly byte[] Beat = ":\n\n"u8.ToArray();

    public static readonly byte[] Done = "event: done\ndata: {}\n\n"u8.ToArray();

    public static IEnumerable<HostId> HostsOf(InstanceEvent told) =>
        told is InstanceEvent.Step { State.Host: { } host } ? [host] : [];

    public static void Write(IBufferWriter<byte> to, InstanceEvent told, HostNames hosts)
    {
        to.Write(Encoding.UTF8.GetBytes($"id: {told.Id}\nevent: {NameOf(told)}\ndata: "));
        using (var w = new Utf8JsonWriter(to))
        {
            w.WriteStartObject();
            w.WriteString("instanceId", told.Id.Instance.Id);
            WriteBody(w, told, hosts);
            w.WriteEndObject();
        }
        to.Write("\n\n"u8);
    }

    private static string NameOf(InstanceEvent told) =>
        told switch
        {
            InstanceEvent.Begun => "begun",
            InstanceEvent.Step => "step",
            InstanceEvent.Status => "status",
            _ => "ended",
        };

    private static void WriteBody(Utf8JsonWriter w, InstanceEvent told, HostNames hosts)
    {
        switch (told)
        {
            case InstanceEvent.Begun begun:
                w.WriteString("name", begun.Name);
                w.WriteString("resource", begun.Resource);
                w.WriteString("requestId", begun.RequestId);
                w.WriteString("createdTime", begun.At);
                break;
            case InstanceEvent.Step step:
                w.WriteNumber("step", step.Number);
                InstanceView.WriteStep(w, step.State, step.IsOver, hosts);
                if (step.NextTry is { } next)
                    w.WriteString("nextTryTime", next);
                InstanceView.WriteProgress(w, step.Progress);
                break;
            case InstanceEvent.Status { State: var state }:
                w.WriteString("runtimeStatus", state.Status);
                InstanceView.WriteJson(w, "customStatus", state.CustomStatus, hosts);
                if (hosts.ForOperator)
                    InstanceView.WriteBlocked(w, state.Blocked);
                break;
            case InstanceEvent.Ended { State: var state }:
                w.WriteString("runtimeStatus", state.Status);
                w.WriteString("createdTime", state.CreatedAt);
                w.WriteString("completedTime", state.CompletedAt?.ToString("O"));
                InstanceView.WriteFault(w, "fault", state.Fault, hosts);
                break;
        }
    }
}
