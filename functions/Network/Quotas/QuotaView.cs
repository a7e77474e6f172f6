using System.Text.Json;
using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Quotas;

/// <summary>A project's limits, with what it has used of each.</summary>
internal sealed record QuotaSet(IReadOnlyList<(string Resource, long Limit, long Used)> Items)
{
    /// <param name="project">Null for what a project is given that has no limits of its own.</param>
    public static async ValueTask<QuotaSet> ReadAsync(Tx tx, ProjectId? project) =>
        new([.. (await tx.QuotasAsync(project, Quota.All)).Select(q => (q.Kind.Resource, q.Limit, q.Used))]);
}

internal static class QuotaView
{
    public static Answer Plain(QuotaSet quota) => Quotas(json => WriteLimits(json, quota));

    public static Answer Detailed(QuotaSet quota) =>
        Quotas(json =>
        {
            foreach (var (resource, limit, used) in quota.Items)
            {
                json.WriteStartObject(resource);
                json.WriteNumber("limit", limit);
                json.WriteNumber("used", used);
                json.WriteNumber("reserved", 0);
                json.WriteEndObject();
            }
        });

    public static Answer Listed(IEnumerable<(ProjectId Project, QuotaSet Quota)> sets) =>
        Document.Answer(json => json.WriteObjects("quotas", sets, WriteListed));

    public static Answer Tenant(ProjectId project) =>
        Document.Answer(json =>
        {
            json.WriteStartObject("tenant");
            json.WriteString("tenant_id", project.Value);
            json.WriteEndObject();
        });

    private static Answer Quotas(Action<Utf8JsonWriter> write) =>
        Document.Answer(json =>
        {
            json.WriteStartObject("quota");
            write(json);
            json.WriteEndObject();
        });

    private static void WriteListed(Utf8JsonWriter json, (ProjectId Project, QuotaSet Quota) item)
    {
        WriteLimits(json, item.Quota);
        json.WriteString("project_id", item.Project.Value);
        json.WriteString("tenant_id", item.Project.Value);
    }

    private static void WriteLimits(Utf8JsonWriter json, QuotaSet quota)
    {
        foreach (var (resource, limit, _) in quota.Items)
            json.WriteNumber(resource, limit);
    }
}
