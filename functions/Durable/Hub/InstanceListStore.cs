using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Durable.Management;

namespace Pipeline.Durable.Hub;

/// <summary>The SQL of lists and counts of instances.</summary>
internal static class InstanceListStore
{
    /// <summary>Oldest first.</summary>
    public static ValueTask<IReadOnlyList<InstanceRow>> ListInstancesAsync(this Tx tx, InstanceFilter filter, int limit)
    {
        var (where, args) = Conditions(filter);
        args["limit"] = limit;
        return tx.ListAsync<InstanceRow>(
            $"SELECT {HubStore.InstanceColumns} FROM instances{where} ORDER BY created_at, id LIMIT @limit",
            args
        );
    }

    public static ValueTask<IReadOnlyList<InstanceCount>> CountInstancesAsync(this Tx tx, ProjectId? project) =>
        tx.ListAsync<InstanceCount>(
            // First as the index has it, so that what is left to sort is little.
            $"""
            SELECT name, status, SUM(part) AS count FROM (
                SELECT name, status, COUNT(*) AS part FROM instances
                {(project is null ? "" : "WHERE project_id = @project")} GROUP BY project_id, status, name
            ) AS parts GROUP BY name, status ORDER BY name, status
            """,
            new { project }
        );

    /// <summary>
    /// The steps of the last runs of one kind that completed, by run and in their order. What completed among thousands of
    /// others is not looked for, nor runs of hundreds of steps.
    /// </summary>
    public static ValueTask<IReadOnlyList<PastStep>> ListPastStepsAsync(this Tx tx, string name, int version) =>
        tx.ListAsync<PastStep>(
            """
            SELECT h.instance_id, h.at, runs.completed_at FROM (
                SELECT id, generation, completed_at FROM (
                    SELECT id, name, version, generation, next_seq, completed_at FROM instances
                    WHERE status = 'Completed' ORDER BY completed_at DESC LIMIT 2000
                ) AS latest
                WHERE name = @name AND version = @version AND next_seq <= 400 ORDER BY completed_at DESC LIMIT 50
            ) AS runs JOIN history h ON h.instance_id = runs.id AND h.generation = runs.generation
            WHERE h.kind = 'TaskScheduled' ORDER BY h.instance_id, h.seq
            """,
            new { name, version }
        );

    /// <summary>A page of a history, for who looks on: without results, which may be long.</summary>
    public static ValueTask<IReadOnlyList<HistoryRow>> ListHistoryAsync(
        this Tx tx,
        InstanceRow instance,
        int from,
        int limit
    ) =>
        tx.ListAsync<HistoryRow>(
            """
            SELECT seq, kind, task_id, name, CASE WHEN kind = 'TaskCompleted' THEN NULL ELSE data END AS data, at
            FROM history WHERE instance_id = @Id AND generation = @Generation AND seq >= @from
            ORDER BY seq LIMIT @limit
            """,
            new
            {
                instance.Id,
                instance.Generation,
                from,
                limit,
            }
        );

    /// <summary>Open steps of an instance of which a try has failed.</summary>
    public static ValueTask<IReadOnlyList<TaskRow>> ListRepeatedTasksAsync(this Tx tx, string instance) =>
        tx.ListAsync<TaskRow>(
            """
            SELECT instance_id, generation, task_id, attempt, fault, due_at FROM tasks
            WHERE instance_id = @instance AND fault IS NOT NULL ORDER BY task_id
            """,
            new { instance }
        );

    /// <summary>
    /// The narrowest of resource, project and status is looked up; the others are compared in a form that keeps planners
    /// from taking their indexes, whose rows are as many as the cloud has.
    /// </summary>
    private static (string Where, Dictionary<string, object> Args) Conditions(InstanceFilter filter)
    {
        var byResource = filter.Resource is not null;
        var byProject = !byResource && filter.Project is not null;
        var project = byResource ? "COALESCE(project_id, '')" : "project_id";
        var status = byResource || byProject ? "COALESCE(status, '')" : "status";
        var args = new Dictionary<string, object>();
        var all = new List<string>();
        Add($"{project} = @project", "project", filter.Project?.Value);
        Add("resource = @resource", "resource", filter.Resource);
        Add("name = @name", "name", filter.Name);
        Add("id >= @prefix", "prefix", filter.IdPrefix);
        Add("id < @beyond", "beyond", filter.IdPrefix is { Length: > 0 } prefix ? prefix + char.MaxValue : null);
        if (filter.Statuses.Count == 1)
            Add($"{status} = @status", "status", filter.Statuses[0]); // alone it is a place in an index
        else if (filter.Statuses.Count > 1)
            Add($"{status} IN @statuses", "statuses", filter.Statuses);
        Add("created_at >= @from", "from", filter.CreatedFrom);
        Add("created_at <= @to", "to", filter.CreatedTo);
        Add("(created_at, id) > (@afterTime, @afterId)", "afterTime", filter.After?.CreatedAt);
        if (filter.After is { } after)
            args["afterId"] = after.Id;
        return (all.Count == 0 ? "" : $" WHERE {string.Join(" AND ", all)}", args);

        void Add(string condition, string name, object? value)
        {
            if (value is null)
                return;
            all.Add(condition);
            args[name] = value;
        }
    }
}
