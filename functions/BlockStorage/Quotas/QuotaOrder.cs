namespace Pipeline.BlockStorage.Quotas;

/// <summary>Reads the limits of a body: an integer each, also as text, -1 for none.</summary>
internal static class QuotaOrder
{
    /// <param name="known">The quotas that there are.</param>
    /// <param name="beside">What may stand beside the limits.</param>
    public static IReadOnlyList<(ShownQuota Known, long Limit)> Read(
        Fields order,
        QuotaSet known,
        params string[] beside
    )
    {
        order.Only([.. known.All.Select(quota => quota.Name), .. beside]);
        return
        [
            .. order
                .Entries()
                .Where(entry => !beside.Contains(entry.Name))
                .Select(entry =>
                    (known.All.First(quota => quota.Name == entry.Name), entry.Value.Long(-1, int.MaxValue, text: true))
                ),
        ];
    }
}
