using Pipeline.Data;
using Pipeline.Identity.Catalog;

namespace Pipeline.Identity.Limits;

/// <summary>
/// The registered limits by which this cloud's own services count. They are there because it is counted by them: what they hold is
/// changed, they themselves are neither renamed nor deleted.
/// </summary>
internal sealed class OwnLimits(Database db, IEnumerable<QuotaKind> kinds)
{
    private readonly IReadOnlyList<QuotaKind> own = [.. kinds];

    /// <summary>
    /// Registers what is not registered yet, with the services' defaults; to be called at every start. What operators have set stays.
    /// </summary>
    public async Task EnsureAsync()
    {
        var missing = await db.ReadAsync(MissingAsync);
        if (missing.Count > 0)
            await db.WriteAsync(async tx =>
            {
                foreach (var kind in missing)
                    await tx.TryAddRegisteredLimitAsync(RegisteredLimit.Of(kind));
            });
    }

    /// <summary>This cloud is one region: what its services count is counted there, whether the region is named or not.</summary>
    public string? RegionOf(string service, string name, string? region) =>
        region == ServiceCatalog.OwnRegion && own.Any(kind => kind.ServiceId == service && kind.Name == name)
            ? null
            : region;

    public static Fault Untouchable(string id) =>
        Fault.Forbidden(
            $"The registered limit {id} is this cloud's own: its service counts by it. Only its default and its description change."
        );

    private async ValueTask<IReadOnlyList<QuotaKind>> MissingAsync(Tx tx)
    {
        var known = (await tx.RegisteredLimitsAsync()).Select(limit => limit.Resource).ToHashSet();
        return [.. own.Where(kind => !known.Contains(kind.Resource))];
    }
}
