using Pipeline.Identity.ApplicationCredentials;
using Pipeline.Identity.Roles;

namespace Pipeline.Identity.Delegations;

/// <summary>Who may hand on what they have.</summary>
internal static class Delegating
{
    /// <summary>What was lent is not lent on, unless its owner said so.</summary>
    /// <exception cref="Fault">Forbidden.</exception>
    public static void Check(Caller caller, string what)
    {
        if (caller.Restricted)
            throw Fault.Forbidden($"You are not authorized to perform the requested action: managing {what}.");
    }

    /// <summary>Secrets, and what else shows or gives more than was lent, are the owner's alone, whatever they said.</summary>
    /// <inheritdoc cref="Check"/>
    public static void OwnersAlone(Caller caller, string what)
    {
        if (caller.Lent)
            throw Fault.Forbidden($"You are not authorized to perform the requested action: managing {what}.");
    }

    /// <summary>The id of a role that is wanted, among those that the caller has.</summary>
    /// <exception cref="Fault">BadRequest for one that they do not have.</exception>
    public static string Held(IReadOnlyList<Role> held, RoleRef wanted) =>
        held.FirstOrDefault(role =>
            role.Id.Value == wanted.Id || (wanted.Id is null && role.Name == wanted.Name)
        )?.Id.Value
        ?? throw Fault.BadRequest(
            $"Invalid application credential: role {wanted.Id ?? wanted.Name} is not one that you have here."
        );

    /// <summary>Deletes what a user lent, in the transaction that takes from them what it rests on.</summary>
    public static async ValueTask EndAsync(
        Data.Tx tx,
        IdentityStore store,
        Changes.ChangeLog changes,
        UserId? user,
        ProjectId? project
    )
    {
        foreach (var id in await store.DeleteDelegationsAsync(tx, user, project))
            await changes.AddAsync(tx, Changes.Change.Delegation(id, revokes: true));
    }

    /// <summary>Deletes a trust with those that were lent on from it.</summary>
    public static async ValueTask EndAsync(Data.Tx tx, IdentityStore store, Changes.ChangeLog changes, string trust)
    {
        foreach (var id in await store.DeleteTrustAsync(tx, trust))
            await changes.AddAsync(tx, Changes.Change.Delegation(id, revokes: true));
    }
}
