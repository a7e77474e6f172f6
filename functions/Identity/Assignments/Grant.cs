using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Assignments;

/// <summary>A role given to a user or group, on a project, a domain or the system.</summary>
internal sealed record Grant
{
    public const string ToUser = "user";
    public const string ToGroup = "group";
    public const string OnProject = "project";
    public const string OnDomain = "domain";
    public const string OnSystem = "system";

    public string ActorKind { get; init; } = ToUser;
    public string ActorId { get; init; } = "";
    public string TargetKind { get; init; } = OnProject;
    public string TargetId { get; init; } = "";
    public RoleId RoleId { get; init; }

    /// <summary>True where it holds not on its target, but on all projects below.</summary>
    public bool Inherited { get; init; }

    public static Grant Of(UserId user, TokenScope on, RoleId role) =>
        new()
        {
            ActorId = user.Value,
            TargetKind = on.Word,
            TargetId = on.Id,
            RoleId = role,
        };
}
