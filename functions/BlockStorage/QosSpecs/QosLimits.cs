using System.Globalization;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;

namespace Pipeline.BlockStorage.QosSpecs;

/// <summary>What a hypervisor keeps to of QoS specs, by the names that Cinder and QEMU share.</summary>
internal static class QosLimits
{
    private const string PerGib = "_per_gb";
    private const string LeastPerGib = "_per_gb_min";

    private static readonly string[] Names =
    [
        .. from kind in (string[])["bytes", "iops"]
        from way in (string[])["total", "read", "write"]
        from most in (string[])["", "_max"]
        select $"{way}_{kind}_sec{most}",
        "size_iops_sec",
    ];

    /// <param name="specs">Null for a volume whose type has none.</param>
    /// <param name="gib">The volume's size, by which `_per_gb` is multiplied; at least `_per_gb_min`.</param>
    /// <returns>Null where nothing limits a guest.</returns>
    public static IReadOnlyDictionary<string, long>? Of(QosSpec? specs, long gib)
    {
        if (specs is null || specs.Consumer == QosSpec.BackEnd)
            return null;
        var pairs = specs.Pairs;
        var limits = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var name in Names)
            if (NumberOf(pairs, name) is { } limit)
                limits[name] = limit;
            else if (NumberOf(pairs, name + PerGib) is { } each)
                limits[name] = Math.Max(each * gib, NumberOf(pairs, name + LeastPerGib) ?? 0);
        return limits.Count > 0 ? limits : null;
    }

    /// <summary>The QoS specs of a volume's type.</summary>
    public static ValueTask<QosSpec?> FindLimitingAsync(this Tx tx, Volume volume) =>
        tx.FindAsync<QosSpec>(
            """
            SELECT q.id, q.name, q.consumer, q.specs FROM volume_qos_specs q JOIN volume_types t ON t.qos_specs_id = q.id
            WHERE t.id = @VolumeTypeId
            """,
            new { volume.VolumeTypeId }
        );

    private static long? NumberOf(Dictionary<string, string> pairs, string name) =>
        pairs.TryGetValue(name, out var text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number > 0
            ? number
            : null;
}
