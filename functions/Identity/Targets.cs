using Pipeline.Identity.Domains;
using Pipeline.Identity.Groups;
using Pipeline.Identity.Projects;
using Pipeline.Identity.Users;

namespace Pipeline.Identity;

/// <summary>
/// What rules ask of the things of this service. Nothing is said of what does not exist: then those whom a rule lets do it to anything
/// are told so (404), and the others learn nothing (403).
/// </summary>
internal static class Targets
{
    public static PolicyTarget User(User? user) =>
        user is null ? PolicyTarget.None : new([.. UserKeys(user.Id.Value, user.DomainId)]);

    /// <summary>A user by its id alone, for what only its owner may.</summary>
    public static PolicyTarget UserId(string id) => new(("target.user.id", id), ("user_id", id));

    public static PolicyTarget Token(UserId subject) => new(("target.token.user_id", subject.Value));

    public static PolicyTarget NewUser(DomainId domain) =>
        new(("target.user.domain_id", domain.Value), ("target.domain_id", domain.Value));

    public static PolicyTarget Group(Group? group) => group is null ? PolicyTarget.None : Group(group.DomainId);

    public static PolicyTarget Group(DomainId domain) =>
        new(("target.group.domain_id", domain.Value), ("target.domain_id", domain.Value));

    public static PolicyTarget Member(Group? group, User? user) =>
        new([
            .. user is null ? [] : UserKeys(user.Id.Value, user.DomainId),
            .. group is null ? [] : new (string, string?)[] { ("target.group.domain_id", group.DomainId.Value) },
        ]);

    public static PolicyTarget Project(Project? project) =>
        project is null
            ? PolicyTarget.None
            : new(
                ("target.project.id", project.Id.Value),
                ("project_id", project.Id.Value),
                ("target.project.domain_id", project.DomainId.Value),
                ("target.domain_id", project.DomainId.Value)
            );

    public static PolicyTarget NewProject(DomainId domain) =>
        new(("target.project.domain_id", domain.Value), ("target.domain_id", domain.Value));

    public static PolicyTarget Domain(Domain? domain) =>
        domain is null
            ? PolicyTarget.None
            : new(("target.domain.id", domain.Id.Value), ("target.domain_id", domain.Id.Value));

    /// <summary>A list: those with a token of a domain list what is in it.</summary>
    public static PolicyTarget List(Caller caller) =>
        caller.DomainId is { } domain ? new(("target.domain_id", domain.Value)) : PolicyTarget.None;

    private static (string, string?)[] UserKeys(string id, DomainId domain) =>
        [
            ("target.user.id", id),
            ("user_id", id),
            ("target.user.domain_id", domain.Value),
            ("target.domain_id", domain.Value),
        ];
}
