using Pipeline.BlockStorage.Types;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Quotas;

/// <summary>
/// What is limited of volumes and snapshots of one type: `volumes_`, `gigabytes_` and `snapshots_` before the type's name. Kept by the
/// type's id, so that a limit outlives a new name. What there is is counted when somebody asks: who claims holds the project's usage.
/// </summary>
internal static class TypeQuota
{
    private static readonly string[] Limited = [VolumeQuota.Volumes, VolumeQuota.Gigabytes, VolumeQuota.Snapshots];

    public static IReadOnlyList<QuotaKind> KindsOf(VolumeType type) =>
        [.. Limited.Select(resource => Of(resource, type))];

    /// <summary>Called after the same was claimed of all types, and before the rows are written.</summary>
    /// <exception cref="Fault">QuotaExceeded; the caller's transaction writes nothing then.</exception>
    public static async ValueTask CheckAsync(
        Tx tx,
        ProjectId project,
        VolumeType type,
        params (string Resource, long Amount)[] wanted
    )
    {
        TypeCount? count = null;
        foreach (var (resource, amount) in wanted)
        {
            var kind = Of(resource, type);
            var limit = await tx.LimitAsync(project, kind.Resource, kind.Default);
            if (limit < 0)
                continue;
            count ??= await tx.CountTypeAsync(project, type.Id);
            var used = count.Of(resource);
            if (used + amount > limit)
                throw new Fault(
                    FaultCode.QuotaExceeded,
                    VolumeQuota.WordsOf(new(resource, amount, used, limit), NameOf(resource, type))
                );
        }
    }

    /// <summary>The same for things of which only the type's id is known.</summary>
    public static async ValueTask CheckAsync(
        Tx tx,
        ProjectId project,
        VolumeTypeId type,
        params (string Resource, long Amount)[] wanted
    )
    {
        if (await tx.FindVolumeTypeAsync(type) is { } found)
            await CheckAsync(tx, project, found, wanted);
    }

    /// <summary>The name by which clients know it.</summary>
    public static string NameOf(string resource, VolumeType type) => $"{resource}_{type.Name}";

    /// <summary>The quotas of a project that are a type's, with what it has.</summary>
    /// <param name="project">Null for one that has nothing.</param>
    public static async ValueTask<IReadOnlyList<ShownQuota>> ListAsync(
        Tx tx,
        ProjectId? project,
        IReadOnlyList<VolumeType> types
    )
    {
        var kinds = types
            .SelectMany(type => Limited.Select(resource => (type, resource, Kind: Of(resource, type))))
            .ToList();
        var quotas = (await tx.QuotasAsync(project, [.. kinds.Select(k => k.Kind)])).ToDictionary(q => q.Kind.Resource);
        var used = project is { } of ? await tx.CountTypesAsync(of) : [];
        return
        [
            .. kinds.Select(k =>
            {
                var count = used.GetValueOrDefault(k.type.Id) ?? new();
                return new ShownQuota(
                    NameOf(k.resource, k.type),
                    quotas[k.Kind.Resource] with
                    {
                        Used = count.Of(k.resource),
                    }
                );
            }),
        ];
    }

    private static QuotaKind Of(string resource, VolumeType type) =>
        new(
            BlockStorageModule.ServiceType,
            $"{resource}_{type.Id}",
            $"{resource}_{type.Id}",
            -1,
            $"The same of volumes of one type: {resource}."
        );
}

/// <summary>A quota by the name that clients know it by.</summary>
internal sealed record ShownQuota(string Name, ProjectQuota Quota);
