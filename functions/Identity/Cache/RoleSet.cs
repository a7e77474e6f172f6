using System.Collections.Frozen;

namespace Pipeline.Identity.Cache;

/// <summary>All roles of the cloud, by the number that stands for them in tokens, and what each implies.</summary>
internal sealed class RoleSet
{
    private readonly FrozenDictionary<int, RoleFacts> byNumber;
    private readonly FrozenDictionary<RoleId, RoleFacts> byId;
    private readonly ILookup<RoleId, RoleId> implied;

    public RoleSet(IReadOnlyList<RoleFacts> roles, IReadOnlyList<Implication> implications)
    {
        byNumber = roles.ToFrozenDictionary(role => role.Number);
        byId = roles.ToFrozenDictionary(role => role.Id);
        implied = implications.ToLookup(rule => rule.RoleId, rule => rule.ImpliedId);
    }

    /// <summary>Null for a role that was deleted: nobody has it any more.</summary>
    public RoleFacts? Find(int number) => byNumber.GetValueOrDefault(number);

    public RoleFacts? Find(RoleId id) => byId.GetValueOrDefault(id);

    /// <summary>The role itself and all that it implies, directly or through others.</summary>
    public IReadOnlyList<RoleFacts> Implied(RoleId id)
    {
        var met = new List<RoleFacts>();
        var next = new Stack<RoleId>([id]);
        while (next.TryPop(out var at))
        {
            if (Find(at) is not { } role || met.Contains(role))
                continue;
            met.Add(role);
            foreach (var further in implied[at])
                next.Push(further);
        }
        return met;
    }

    /// <summary>The roles that these assignments amount to, implied ones included, in the order of their numbers; roles of domains only by what they imply.</summary>
    public IReadOnlyList<RoleFacts> Effective(IEnumerable<RoleId> assigned) =>
        [.. assigned.SelectMany(Implied).Distinct().Where(role => !role.OfDomain).OrderBy(role => role.Number)];

    /// <summary>The name of a domain that has roles of its own.</summary>
    public string? DomainName(string domain) => byId.Values.FirstOrDefault(role => role.DomainId == domain)?.DomainName;
}
