using Pipeline.Data;
using Pipeline.Durable.Management;

namespace Pipeline.Functions.Durable;

/// <summary>How many orchestrations of each name are in each status: a tenant's own, an operator's all.</summary>
internal sealed class CountInstances(Database db, InstanceReader reader)
{
    [Function("durable-count-instances"), Policy("durable:instances:count", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = InstanceRoute.Root + "/counts")] HttpRequest request,
        Caller caller
    )
    {
        var counts = await db.ReadAsync(tx => reader.CountAsync(tx, caller.IsAdmin ? null : caller.Project));
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartArray();
                foreach (var count in counts)
                {
                    w.WriteStartObject();
                    w.WriteString("name", count.Name);
                    w.WriteString("runtimeStatus", count.Status);
                    w.WriteNumber("count", count.Count);
                    w.WriteEndObject();
                }
                w.WriteEndArray();
            }
        );
    }
}
