namespace Pipeline.Runtime;

/// <summary>Who may call a function. Stands beside every HTTP function; a function without one does not start.</summary>
/// <param name="rule">The rule's public name, as `compute:servers:create`.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PolicyAttribute(string rule, Require require) : Attribute
{
    public string Rule { get; } = rule;

    /// <summary>The least that a caller must be to reach the function at all.</summary>
    public Require Require { get; } = require;

    /// <summary>
    /// The rule's default as a check string, where it asks about the target: then the function enforces it, by
    /// <see cref="Policies"/>, once it knows its target. Null where <see cref="Require"/> says all.
    /// </summary>
    public string? Check { get; init; }
}

/// <summary>The least that a caller must be. Project roles need a token scoped to a project; `admin` has all of them.</summary>
public enum Require
{
    /// <summary>No token is needed; one that is sent and valid names the caller.</summary>
    Anyone,

    /// <summary>Any valid token, also an unscoped one.</summary>
    Token,
    ProjectReader,
    ProjectMember,
    ProjectManager,

    /// <summary>A reader of the system, or an admin.</summary>
    SystemReader,
    Admin,

    /// <summary>An agent: the request is signed with a joined host's key. A `{host}` in the path must be that host.</summary>
    Host,
}
