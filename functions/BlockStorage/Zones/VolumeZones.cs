namespace Pipeline.BlockStorage.Zones;

/// <summary>Where a volume may lie, by Cinder's rules: as it names, as its source lies, as its type allows, or as is usual. Pure.</summary>
internal static class VolumeZones
{
    /// <summary>The cloud's own zone: of hosts that name none, and of volumes that name none where such hosts have storage.</summary>
    public const string Own = "nova";

    /// <summary>The extra spec that lists the zones of a type, separated by commas.</summary>
    public const string Spec = "RESKEY:availability_zones";

    /// <summary>The zones that a type's volumes have to be in; null for any.</summary>
    public static string[]? OfType(IReadOnlyDictionary<string, string> specs) =>
        specs.TryGetValue(Spec, out var text)
            ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : null;

    /// <param name="known">Zones of storage hosts, of which there is one at least.</param>
    /// <param name="named">By who orders; null for none.</param>
    /// <param name="source">Of what it is made of, which it will lie beside; null for none.</param>
    /// <param name="usual">Where it goes when nothing says more, if there is storage.</param>
    /// <param name="fallsBack">One that names an unknown zone goes where it would if it had named none.</param>
    /// <exception cref="Fault">BadRequest.</exception>
    public static ZoneChoice Choose(
        IReadOnlyList<string> known,
        string? named,
        string? source,
        IReadOnlyDictionary<string, string> specs,
        string usual = Own,
        bool fallsBack = false
    )
    {
        if (fallsBack && named is not null && !known.Contains(named))
            named = null;
        var ofType = OfType(specs);
        var allowed = ofType is null ? known : [.. known.Intersect(ofType)];
        if (allowed.Count == 0)
            throw NotOfType(ofType!);
        var zone = named ?? source ?? (ofType is null && known.Contains(usual) ? usual : null);
        if (zone is not null && !allowed.Contains(zone))
            throw Unknown(zone);
        if (source is not null && zone != source)
            throw Fault.BadRequest(
                "Invalid input received: Volume must be in the same availability zone as the snapshot or source volume"
            );
        // Where there is one zone alone, that one is no choice.
        var chosen = source is null && zone is not null && (named is not null || known.Count > 1);
        return new(zone ?? (allowed.Count == 1 ? allowed[0] : ""), chosen ? [zone!] : null);
    }

    public static Fault Unknown(string zone) => Fault.BadRequest($"Availability zone '{zone}' is invalid.");

    public static Fault NotOfType(IEnumerable<string> zones) =>
        Fault.BadRequest($"Volume type is only supported in these availability zones: '{string.Join(',', zones)}'.");
}

/// <summary>An operator's word on zones.</summary>
/// <param name="FallsBack">See <see cref="VolumeZones.Choose"/> (Cinder's `allow_availability_zone_fallback`).</param>
public sealed record ZoneRules(bool FallsBack = false);

/// <param name="Shown">Until it has a place; empty when any will do.</param>
/// <param name="Among">The zones to look in, beside what its type asks for; null for all.</param>
internal sealed record ZoneChoice(string Shown, IReadOnlyList<string>? Among);
