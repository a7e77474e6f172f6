namespace Pipeline.Network.Rbac;

/// <summary>Says that projects besides its owner may see and use a thing.</summary>
internal sealed record RbacPolicyRow
{
    public const string Shared = "access_as_shared";
    public const string External = "access_as_external";

    /// <summary>The target that stands for all projects.</summary>
    public const string Everyone = "*";

    public RbacPolicyId Id { get; init; }

    /// <summary>Whose the policy is.</summary>
    public ProjectId ProjectId { get; init; }

    /// <summary>As `network`.</summary>
    public string ObjectType { get; init; } = "";
    public string ObjectId { get; init; } = "";
    public string Action { get; init; } = "";

    /// <summary>A project, or <see cref="Everyone"/>.</summary>
    public string TargetTenant { get; init; } = "";
}
