using Pipeline.Data;

namespace Pipeline.Runtime.Metrics;

/// <summary>What waits in the cloud at the moment of a scrape, whichever functions host is asked.</summary>
public sealed class CloudGauges(Database db)
{
    public async Task WriteAsync(PrometheusText text)
    {
        var (instances, tasks, outbox) = await db.ReadAsync(ReadAsync);
        Write(text, "durable_instances", "Orchestrations that have not ended", "status", instances);
        Write(text, "durable_tasks", "Steps that have not ended", "kind", tasks);
        text.Gauge("outbox_messages", "Messages to hosts that are not in their queues yet", outbox.Messages);
        text.Gauge("outbox_oldest_age_seconds", "How long the oldest of them has waited", outbox.Age.TotalSeconds);
    }

    private static async ValueTask<(IReadOnlyList<Count>, IReadOnlyList<Count>, Backlog)> ReadAsync(Tx tx)
    {
        var instances = await tx.ListAsync<Count>(
            """
            SELECT status AS name, COUNT(*) AS items FROM instances
            WHERE status IN ('Pending', 'Running', 'Suspended') GROUP BY status ORDER BY status
            """
        );
        var tasks = await tx.ListAsync<Count>(
            "SELECT kind AS name, COUNT(*) AS items FROM tasks GROUP BY kind ORDER BY kind"
        );
        var messages = await tx.ScalarAsync<long>("SELECT COUNT(*) FROM outbox");
        var oldest = await tx.ScalarAsync<long?>("SELECT MIN(created_at) FROM outbox");
        return (instances, tasks, new(messages, oldest is { } at ? tx.Now - Time.FromMicroseconds(at) : TimeSpan.Zero));
    }

    private static void Write(PrometheusText text, string name, string help, string label, IReadOnlyList<Count> counts)
    {
        text.Family(name, "gauge", help);
        foreach (var count in counts)
            text.Sample(name, count.Items, (label, count.Name));
    }

    private sealed record Count
    {
        public string Name { get; init; } = "";
        public long Items { get; init; }
    }

    private sealed record Backlog(long Messages, TimeSpan Age);
}
