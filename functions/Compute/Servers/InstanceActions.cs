using System.Text.Json;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Compute.Servers;

/// <summary>What was done to a server, by whom; with the steps of each operation as its events.</summary>
internal sealed class InstanceActions(Database db, DurableTaskClient durable)
{
    private const string Route = "compute/v2.1/servers/{id}/os-instance-actions";
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss.ffffff";

    [
        Function("compute-list-instance-actions"),
        Policy("os_compute_api:os-instance-actions:list", Require.ProjectReader)
    ]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request,
        ServerId id,
        Caller caller
    )
    {
        var actions = await db.ReadAsync(async tx =>
        {
            await ServerOperations.FindAsync(tx, id, caller);
            return await tx.ListActionsAsync(id);
        });
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("instanceActions");
                foreach (var action in actions)
                {
                    w.WriteStartObject();
                    Write(w, action);
                    w.WriteEndObject();
                }
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
    }

    [Function("compute-show-instance-action"), Policy("os_compute_api:os-instance-actions:show", Require.ProjectReader)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{action}")] HttpRequest request,
        ServerId id,
        string action,
        Caller caller
    )
    {
        var (asked, steps) = await db.ReadAsync(async tx =>
        {
            await ServerOperations.FindAsync(tx, id, caller);
            var found =
                (await tx.ListActionsAsync(id)).FirstOrDefault(a => a.RequestId == action)
                ?? throw Fault.NotFound($"Action for request_id {action} on instance {id} not found");
            var runs = await durable.ListAsync(tx, Server.ResourceOf(id));
            return (found, runs.FirstOrDefault(r => r.Id == found.InstanceId)?.Steps ?? []);
        });
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartObject("instanceAction");
                Write(w, asked);
                w.WriteStartArray("events");
                foreach (var step in steps)
                    Write(w, step);
                w.WriteEndArray();
                w.WriteEndObject();
                w.WriteEndObject();
            }
        );
    }

    private static void Write(Utf8JsonWriter w, ServerActionRow action)
    {
        w.WriteString("action", action.Action);
        w.WriteString("instance_uuid", action.ServerId.Value);
        w.WriteString("request_id", action.RequestId);
        w.WriteString("user_id", action.UserId.Value);
        w.WriteString("project_id", action.ProjectId.Value);
        w.WriteString("start_time", action.StartedAt.ToString(Time));
        w.WriteString("message", action.Message);
    }

    private static void Write(Utf8JsonWriter w, StepState step)
    {
        w.WriteStartObject();
        w.WriteString("event", step.Name);
        w.WriteString("start_time", step.StartedAt.ToString(Time));
        w.WriteString("finish_time", step.EndedAt?.ToString(Time));
        w.WriteString(
            "result",
            step.EndedAt is null ? null
                : step.Fault is null ? "Success"
                : "Error"
        );
        w.WriteNull("traceback");
        w.WriteEndObject();
    }
}
