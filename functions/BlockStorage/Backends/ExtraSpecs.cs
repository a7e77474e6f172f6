using System.Globalization;
using Pipeline.BlockStorage.Zones;
using Pipeline.Contracts.Hosts;

namespace Pipeline.BlockStorage.Backends;

/// <summary>A volume type's extra specs against what a backend tells of itself, with the operators of Cinder's capabilities filter.</summary>
internal static class ExtraSpecs
{
    private const string Scope = "capabilities:";

    /// <summary>The first key that the backend does not meet; null when it meets all.</summary>
    public static string? Unmet(IReadOnlyDictionary<string, string> specs, BackendRow row, BackendReport told)
    {
        foreach (var (key, wanted) in specs.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            if (key == VolumeZones.Spec && !VolumeZones.OfType(specs)!.Contains(row.Zone))
                return key;
            var name = key.StartsWith(Scope, StringComparison.Ordinal) ? key[Scope.Length..] : key;
            if (name.Contains(':')) // another scope is a driver's own
                continue;
            if (ValueOf(name, row, told) is not { } value || !Meets(value, wanted))
                return key;
        }
        return null;
    }

    private static string? ValueOf(string name, BackendRow row, BackendReport told) =>
        name switch
        {
            "volume_backend_name" => row.Name,
            "storage_protocol" => told.Statistics.Protocol,
            "vendor_name" => told.Statistics.Vendor,
            "driver_version" => told.Statistics.DriverVersion,
            "driver" => told.Driver,
            "reserved_percentage" => told.ReservedPercentage.ToString(CultureInfo.InvariantCulture),
            "total_capacity_gb" => told.Statistics.Total.Gib?.ToString(CultureInfo.InvariantCulture),
            "free_capacity_gb" => told.Statistics.Free.Gib?.ToString(CultureInfo.InvariantCulture),
            _ => BackendRow.AbilitiesOf(told).TryGetValue(name, out var can) ? (can ? "True" : "False") : null,
        };

    private static bool Meets(string value, string wanted)
    {
        var words = wanted.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (words is not [var op, var than])
            return value == wanted.Trim();
        return op switch
        {
            "<is>" => Words.Bool(value) == Words.Bool(than),
            "<in>" => value.Contains(than, StringComparison.Ordinal),
            "<or>" => than.Split("<or>", StringSplitOptions.TrimEntries).Contains(value),
            "s==" => value == than,
            "s!=" => value != than,
            "=" or ">=" => Compared(value, than) is >= 0,
            "==" => Compared(value, than) is 0,
            "!=" => Compared(value, than) is not 0,
            "<=" => Compared(value, than) is <= 0,
            "<" => Compared(value, than) is < 0,
            ">" => Compared(value, than) is > 0,
            _ => value == wanted.Trim(),
        };
    }

    private static int? Compared(string value, string than) =>
        double.TryParse(value, CultureInfo.InvariantCulture, out var left)
        && double.TryParse(than, CultureInfo.InvariantCulture, out var right)
            ? left.CompareTo(right)
            : null;
}
