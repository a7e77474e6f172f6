using Pipeline.Data;
using Pipeline.Identity.Users;

namespace Pipeline.Identity.Groups;

/// <summary>A user in a group, by their path. Both must exist.</summary>
internal sealed record MemberPath(string GroupId, string UserId)
{
    public const string Route = "identity/v3/groups/{group_id}/users/{user_id}";

    public string Target => $"group/{GroupId}/user/{UserId}";

    /// <summary>Looks at both, asks the rule, and only then says what is missing.</summary>
    /// <exception cref="Fault">Forbidden; NotFound.</exception>
    public async ValueTask<(GroupId Group, UserId User)> CheckAsync(
        Tx tx,
        IdentityStore store,
        Policies policies,
        string rule,
        Caller caller
    )
    {
        Group? group = await store.FindGroupAsync(tx, GroupId);
        User? user = await store.FindUserAsync(tx, UserId);
        policies.Enforce(rule, caller, Targets.Member(group, user));
        return (
            group?.Id ?? throw Refusals.NotFound("group", GroupId),
            user?.Id ?? throw Refusals.NotFound("user", UserId)
        );
    }

    public Fault NotIn() => Fault.NotFound($"User {UserId} not found in group {GroupId}.");
}
