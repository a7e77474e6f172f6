namespace Pipeline.Testing.Models;

/// <summary>What a new volume is made of.</summary>
/// <param name="Json">What its order says of that.</param>
/// <param name="Least">It cannot be smaller, in GiB.</param>
/// <param name="Check">Who may, and when.</param>
internal sealed record VolumeSource(string Json, long Least, Action<Asking> Check)
{
    /// <summary>Its size where the order says none; null where it does.</summary>
    public long? Gib { get; init; }

    /// <summary>Null where it has none to give.</summary>
    public AVolumeType? Type { get; init; }

    public bool IsBootable { get; init; }

    private static readonly VolumeSource Nothing = new("", 0, _ => { });

    public static VolumeSource Of(Asking ask) =>
        (ask.Step.How % 8) switch
        {
            3 => OfImage(ask),
            4 => OfSnapshot(ask),
            5 => OfVolume(ask),
            6 => OfBackup(ask),
            _ => Nothing,
        };

    /// <summary>An admin looks for images as a member of the admin's own project does.</summary>
    private static VolumeSource OfImage(Asking ask)
    {
        var (id, image) = ask.Estate.Pick(ask.Estate.Images, ask.Step.Other, ask.Caller);
        return new(
            $$""", "imageRef": "{{id}}" """,
            0,
            a =>
            {
                var sees = image is not null && Estate.Sees(a.Caller with { Rank = Rank.Member }, image);
                a.RefusedIf(!sees, 404);
                a.RefusedIf(sees && !image!.IsActive, 400);
            }
        )
        {
            IsBootable = true,
        };
    }

    private static VolumeSource OfSnapshot(Asking ask)
    {
        var (id, snapshot) = ask.Estate.Pick(ask.Estate.Snapshots, ask.Step.Other, ask.Caller);
        return id.Length == 0
            ? Nothing
            : new($$""", "snapshot_id": "{{id}}" """, snapshot?.Gib ?? 0, a => Seen(a, snapshot))
            {
                Gib = Unsaid(ask, snapshot?.Gib),
                Type = snapshot?.Volume.Type,
                IsBootable = snapshot is { Volume.IsBootable: true },
            };
    }

    private static VolumeSource OfVolume(Asking ask)
    {
        var (id, volume) = ask.Estate.Pick(ask.Estate.Volumes, ask.Step.Other, ask.Caller);
        return id.Length == 0
            ? Nothing
            : new(
                $$""", "source_volid": "{{id}}" """,
                volume?.Gib ?? 0,
                a =>
                {
                    Seen(a, volume);
                    a.RefusedIf(volume is { Status: not (AVolume.Available or AVolume.InUse) }, 400);
                }
            )
            {
                Gib = Unsaid(ask, volume?.Gib),
                Type = volume?.Type,
                IsBootable = volume is { IsBootable: true },
            };
    }

    private static VolumeSource OfBackup(Asking ask)
    {
        var (id, backup) = ask.Estate.Pick(ask.Estate.Backups, ask.Step.Other, ask.Caller);
        return id.Length == 0
            ? Nothing
            : new($$""", "backup_id": "{{id}}" """, backup?.Gib ?? 0, a => Seen(a, backup))
            {
                Gib = Unsaid(ask, backup?.Gib),
                IsBootable = backup is { IsBootable: true },
            };
    }

    /// <summary>Half of those that may leave their size out do.</summary>
    private static long? Unsaid(Asking ask, long? gib) => ask.Step.Which % 2 == 0 ? gib : null;

    private static void Seen(Asking ask, Owned? thing) =>
        ask.RefusedIf(thing is null || !Estate.Owns(ask.Caller, thing), 404);
}
