using Pipeline.BlockStorage.Types;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Quotas;

/// <summary>A project's limits and usage, by the names that clients know.</summary>
internal sealed class QuotaSet(IReadOnlyList<ShownQuota> quotas)
{
    public IReadOnlyList<ShownQuota> All { get; } = quotas;

    public ProjectQuota Of(string name) => All.First(quota => quota.Name == name).Quota;

    /// <summary>Those that hold of all types together.</summary>
    /// <param name="project">Null for what a project is given that has no limits of its own.</param>
    public static async ValueTask<QuotaSet> ReadAsync(Tx tx, ProjectId? project) =>
        new(await TogetherAsync(tx, project));

    /// <summary>These and those of each type that the caller may see.</summary>
    public static async ValueTask<QuotaSet> ReadAsync(Tx tx, ProjectId? project, Caller caller) =>
        new([
            .. await TogetherAsync(tx, project),
            .. await TypeQuota.ListAsync(tx, project, await tx.ListVolumeTypesAsync(caller)),
        ]);

    private static async ValueTask<IReadOnlyList<ShownQuota>> TogetherAsync(Tx tx, ProjectId? project) =>
        [
            .. (await tx.QuotasAsync(project, VolumeQuotas.All)).Select(quota => new ShownQuota(
                quota.Kind.Resource,
                quota
            )),
        ];
}
