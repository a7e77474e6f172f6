using Pipeline.Data;

namespace Pipeline.Compute.Quotas;

/// <summary>A project's limits and usage, by quota name.</summary>
internal sealed class QuotaSet
{
    private readonly Dictionary<string, long> limits = [];
    private readonly Dictionary<string, long> used = [];

    public long LimitOf(string name) => limits[name];

    public long UsedOf(string name) => used.GetValueOrDefault(name);

    public static QuotaSet Default { get; } = OfDefaults();

    public static async ValueTask<QuotaSet> ReadAsync(Tx tx, ProjectId project)
    {
        var set = new QuotaSet();
        foreach (var (name, normal) in ComputeQuota.Defaults)
        {
            set.limits[name] = await tx.LimitAsync(project, name) ?? normal;
            set.used[name] = await tx.UsedAsync(project, name);
        }
        return set;
    }

    private static QuotaSet OfDefaults()
    {
        var set = new QuotaSet();
        foreach (var (name, normal) in ComputeQuota.Defaults)
            set.limits[name] = normal;
        return set;
    }
}
