namespace Pipeline.BlockStorage.Quotas;

/// <summary>Reads the limits of a body: an integer each, also as text, -1 for none.</summary>
internal static class QuotaOrder
{
    /// <param name="beside">What may stand beside the limits.</param>
    public static IReadOnlyList<(QuotaKind Kind, long Limit)> Read(Fields order, params string[] beside)
    {
        order.Only([.. VolumeQuotas.Names, .. beside]);
        return
        [
            .. order
                .Entries()
                .Where(entry => !beside.Contains(entry.Name))
                .Select(entry =>
                    (
                        VolumeQuotas.All.First(kind => kind.Resource == entry.Name),
                        entry.Value.Long(-1, int.MaxValue, text: true)
                    )
                ),
        ];
    }
}
