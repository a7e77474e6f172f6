using Pipeline.Data;

namespace Pipeline.Contracts.Identity;

/// <summary>When a kind of thing goes, in the emptying of a project: what stands on others goes before them.</summary>
public enum PurgeStage
{
    Servers,
    Volumes,
    Routers,
    Ports,
    SecurityGroups,
    Subnets,
    Networks,
    Images,
    Delegations,
    Limits,
}

/// <summary>One kind of thing that projects own, as the emptying of a project sees it: a class of its service, beside the noun.</summary>
public interface IProjectHoldings
{
    /// <summary>As in targets of audit records: `server`.</summary>
    string Kind { get; }

    PurgeStage Stage { get; }

    ValueTask<long> CountAsync(Tx tx, ProjectId project);

    /// <summary>In the order of ids, from behind one on; what is being removed is among them until it is gone.</summary>
    /// <param name="after">Empty for the beginning.</param>
    ValueTask<IReadOnlyList<HeldThing>> ListAsync(Tx tx, ProjectId project, string after, int limit);

    /// <summary>Removes a thing, or begins to; what is not there is removed.</summary>
    ValueTask<Removing> RemoveAsync(Tx tx, string id, PurgeCause cause);
}

public sealed record HeldThing
{
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";
}

/// <param name="RequestId">The request that asked for it, for the names of orchestrations.</param>
public sealed record PurgeCause(ProjectId Project, UserId User, string RequestId);

/// <summary>What came of it.</summary>
/// <param name="Begun">True when this call removed it, or began to; false when that was under way, or cannot be now.</param>
/// <param name="Obstacle">What stands in the way; null for nothing.</param>
public sealed record Removing(bool Begun, string? Obstacle)
{
    public static Removing Now { get; } = new(true, null);
    public static Removing Already { get; } = new(false, null);

    public static Removing Blocked(string why) => new(false, why);
}
