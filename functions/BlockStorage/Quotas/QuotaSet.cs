using Pipeline.Data;

namespace Pipeline.BlockStorage.Quotas;

/// <summary>A project's limits and usage, by quota name.</summary>
internal sealed class QuotaSet(IReadOnlyList<ProjectQuota> quotas)
{
    public IReadOnlyList<ProjectQuota> All { get; } = quotas;

    public ProjectQuota Of(string name) => All.First(quota => quota.Kind.Resource == name);

    /// <param name="project">Null for what a project is given that has no limits of its own.</param>
    public static async ValueTask<QuotaSet> ReadAsync(Tx tx, ProjectId? project) =>
        new(await tx.QuotasAsync(project, VolumeQuotas.All));
}
