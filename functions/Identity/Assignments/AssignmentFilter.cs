namespace Pipeline.Identity.Assignments;

/// <summary>What a list of assignments is asked for; null filters nothing.</summary>
internal sealed record AssignmentFilter(
    string? User,
    string? Group,
    string? Role,
    string? Project,
    string? Domain,
    bool System,
    bool Inherited,
    bool Effective,
    bool Subtree,
    bool Names
)
{
    /// <exception cref="Fault">BadRequest for filters that contradict each other.</exception>
    public static AssignmentFilter Of(Query query)
    {
        var filter = new AssignmentFilter(
            Given(query, "user.id"),
            Given(query, "group.id"),
            Given(query, "role.id"),
            Given(query, "scope.project.id"),
            Given(query, "scope.domain.id"),
            Given(query, "scope.system") is not null,
            query.Has("scope.OS-INHERIT:inherited_to"),
            IsTrue(query, "effective"),
            IsTrue(query, "include_subtree"),
            IsTrue(query, "include_names")
        );
        filter.Check();
        return filter;
    }

    /// <summary>
    /// The conditions on rows. Of what is effective a user's groups are part, and on a project what is inherited: those are
    /// found here, and sorted out when they are known.
    /// </summary>
    public string Where() =>
        string.Join(
            " AND ",
            new[]
            {
                "(u.id IS NOT NULL OR ug.id IS NOT NULL)",
                "(g.target_kind = 'system' OR p.id IS NOT NULL OR d.id IS NOT NULL)",
                OfUser(),
                Group is null ? null : "g.actor_kind = 'group' AND g.actor_id = @Group",
                Role is null || Effective ? null : "g.role_id = @Role",
                OnProject(),
                Domain is null ? null : "g.target_kind = 'domain' AND g.target_id = @Domain",
                Domain is null || !Effective ? null : "g.inherited = 0",
                System ? "g.target_kind = 'system'" : null,
                Inherited ? "g.inherited = 1" : null,
            }
                .OfType<string>()
                .Select(condition => $"({condition})")
        );

    public object Arguments() =>
        new
        {
            User,
            Group,
            Role,
            Project,
            Domain,
        };

    private string? OfUser() =>
        User is null ? null
        : Effective
            ? "(g.actor_kind = 'user' AND g.actor_id = @User) OR (g.actor_kind = 'group' AND g.actor_id IN "
                + "(SELECT group_id FROM memberships WHERE user_id = @User))"
        : "g.actor_kind = 'user' AND g.actor_id = @User";

    private string? OnProject() =>
        Project is null || Subtree ? null
        : Effective ? "(g.target_kind = 'project' AND g.target_id = @Project) OR g.inherited = 1"
        : "g.target_kind = 'project' AND g.target_id = @Project";

    private void Check()
    {
        if (Project is not null && Domain is not null)
            throw Fault.BadRequest("Specify a domain or project, not both");
        if (System && (Project ?? Domain) is not null)
            throw Fault.BadRequest($"Specify system or {(Project is null ? "domain" : "project")}, not both");
        if (User is not null && Group is not null)
            throw Fault.BadRequest("Specify a user or group, not both");
        if (Group is not null && Effective)
            throw Fault.BadRequest("Combining effective and group filter will always result in an empty list.");
        if (Inherited && Effective && Domain is not null)
            throw Fault.BadRequest(
                "Combining effective, domain and inherited filters will always result in an empty list."
            );
        if (Subtree && Project is null)
            throw Fault.BadRequest("scope.project.id must be specified if include_subtree is also specified");
    }

    private static string? Given(Query query, string name) => query[name] is { Length: > 0 } text ? text : null;

    // Keystone's own rule for flags: whatever is not 0 is true.
    private static bool IsTrue(Query query, string name) => query.Has(name) && query[name] != "0";
}
