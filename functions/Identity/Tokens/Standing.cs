using Pipeline.Identity.Cache;

namespace Pipeline.Identity.Tokens;

/// <summary>A token that holds, with what it stands for now.</summary>
/// <param name="Roles">Implied ones included; empty without a project.</param>
internal sealed record Standing(Token Token, UserFacts User, ProjectFacts? Project, IReadOnlyList<RoleFacts> Roles);
