using Pipeline.Data;
using Pipeline.Identity.Cache;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Passwords;

/// <summary>When users were last here, to the day, where those who stay away are to be shut out.</summary>
internal sealed class Activity(
    Database db,
    IdentityStore store,
    ChangeLog changes,
    IdentityOptions options,
    TimeProvider time
)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>True for a user who has stayed away for too long.</summary>
    public bool IsOver(UserFacts user) =>
        options.Passwords.DisableInactiveAfter is { } longest
        && user.Asks.IgnoreUserInactivity != true
        && LastOf(user) + longest <= time.GetUtcNow();

    public async ValueTask NoteAsync(UserFacts user)
    {
        if (options.Passwords.DisableInactiveAfter is null || time.GetUtcNow() - user.LastActiveAt < Day)
            return;
        await db.WriteAsync(async tx =>
        {
            await store.SetActiveAsync(tx, user.Id);
            await changes.AddAsync(tx, Change.User(user.Id, revokes: false));
        });
    }

    private static DateTimeOffset LastOf(UserFacts user) => user.LastActiveAt ?? user.CreatedAt;
}
