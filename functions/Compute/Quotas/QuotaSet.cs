using Pipeline.Data;

namespace Pipeline.Compute.Quotas;

/// <summary>A project's limits and usage, by quota name.</summary>
internal sealed class QuotaSet(IReadOnlyList<ProjectQuota> quotas)
{
    public IReadOnlyList<ProjectQuota> All { get; } = quotas;

    public long LimitOf(string name) => Find(name).Limit;

    public long UsedOf(string name) => Find(name).Used;

    /// <param name="project">Null for what a project is given that has no limits of its own.</param>
    public static async ValueTask<QuotaSet> ReadAsync(Tx tx, ProjectId? project) =>
        new(await tx.QuotasAsync(project, ComputeQuotas.All));

    private ProjectQuota Find(string name) => All.First(quota => quota.Kind.Resource == name);
}
