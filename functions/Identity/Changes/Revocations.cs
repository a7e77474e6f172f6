using System.Collections.Concurrent;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Changes;

/// <summary>All revocations that a living token could be hit by, in memory, each found by one look-up.</summary>
internal sealed class Revocations(TimeProvider time)
{
    private readonly ConcurrentDictionary<UserId, long> users = new();
    private readonly ConcurrentDictionary<ProjectId, long> projects = new();
    private readonly ConcurrentDictionary<(UserId, ProjectId), long> assignments = new();
    private readonly ConcurrentDictionary<ulong, long> tokens = new();
    private readonly ConcurrentDictionary<string, long> domains = new();
    private readonly ConcurrentDictionary<string, long> delegations = new();
    private long roles;
    private readonly Queue<Change> kept = new();

    /// <summary>True when a later change than the token's issuer had seen revokes it or one of its ancestors.</summary>
    public bool Hit(Token token) =>
        HitUser(token, token.User)
        || (token.Delegation is { } by && delegations.TryGetValue(by.Id, out var version) && version > token.Version)
        || (token.Project is { } project && HitOn(token, project))
        || (!tokens.IsEmpty && HitInChain(token));

    /// <summary>True when something happened to a user since that ends their tokens.</summary>
    public bool HitUser(Token token, UserId user) =>
        users.TryGetValue(user, out var version) && version > token.Version;

    /// <summary>True when the domain of the token's user, or the one that its scope is or lies in, was disabled or deleted since.</summary>
    public bool HitDomain(Token token, DomainId ofUser, Place place) =>
        !domains.IsEmpty
        && (
            HitDomain(token, ofUser.Value)
            || (place.Project is { } project && HitDomain(token, project.DomainId.Value))
            || (place.Domain is { } domain && HitDomain(token, domain.Id.Value))
        );

    /// <summary>True when roles were taken since the token was issued, and it is not known from whom.</summary>
    public bool MayHaveLost(Token token) => Interlocked.Read(ref roles) > token.Version;

    /// <summary>Takes in the next changes, in order; one caller at a time.</summary>
    public void Apply(IEnumerable<Change> changes)
    {
        foreach (var change in changes)
        {
            if (!change.Revokes)
                continue;
            Put(change);
            kept.Enqueue(change);
        }
        var now = time.GetUtcNow();
        while (kept.TryPeek(out var oldest) && oldest.KeptUntil <= now)
            Drop(kept.Dequeue());
    }

    public void Clear()
    {
        users.Clear();
        projects.Clear();
        assignments.Clear();
        tokens.Clear();
        domains.Clear();
        delegations.Clear();
        Interlocked.Exchange(ref roles, 0);
        kept.Clear();
    }

    private bool HitOn(Token token, ProjectId project) =>
        (projects.TryGetValue(project, out var version) && version > token.Version)
        || (assignments.TryGetValue((token.User, project), out version) && version > token.Version);

    private bool HitDomain(Token token, string domain) =>
        domains.TryGetValue(domain, out var version) && version > token.Version;

    private bool HitInChain(Token token)
    {
        if (tokens.ContainsKey(token.Id.Mark) || (token.Root is { } root && tokens.ContainsKey(root.Mark)))
            return true;
        foreach (var mark in token.Between)
            if (tokens.ContainsKey(mark))
                return true;
        return false;
    }

    private void Put(Change change)
    {
        switch (change)
        {
            case { Kind: Change.OfUser, UserId: { } user }:
                users[user] = change.Version;
                break;
            case { Kind: Change.OfProject, ProjectId: { } project }:
                projects[project] = change.Version;
                break;
            case { Kind: Change.OfAssignment, UserId: { } user, ProjectId: { } project }:
                assignments[(user, project)] = change.Version;
                break;
            case { Kind: Change.OfToken, AuditId: { } auditId }:
                tokens[AuditId.Parse(auditId).Mark] = change.Version;
                break;
            case { Kind: Change.OfDomain, Subject: { } domain }:
                domains[domain] = change.Version;
                break;
            case { Kind: Change.OfDelegation, Subject: { } delegation }:
                delegations[delegation] = change.Version;
                break;
            case { Kind: Change.OfGrants or Change.OfRoles }:
                Interlocked.Exchange(ref roles, change.Version);
                break;
        }
    }

    // A later change of the same thing stays.
    private void Drop(Change change)
    {
        switch (change)
        {
            case { Kind: Change.OfUser, UserId: { } user }:
                users.TryRemove(new(user, change.Version));
                break;
            case { Kind: Change.OfProject, ProjectId: { } project }:
                projects.TryRemove(new(project, change.Version));
                break;
            case { Kind: Change.OfAssignment, UserId: { } user, ProjectId: { } project }:
                assignments.TryRemove(new((user, project), change.Version));
                break;
            case { Kind: Change.OfToken, AuditId: { } auditId }:
                tokens.TryRemove(new(AuditId.Parse(auditId).Mark, change.Version));
                break;
            case { Kind: Change.OfDomain, Subject: { } domain }:
                domains.TryRemove(new(domain, change.Version));
                break;
            case { Kind: Change.OfDelegation, Subject: { } delegation }:
                delegations.TryRemove(new(delegation, change.Version));
                break;
        }
    }
}
