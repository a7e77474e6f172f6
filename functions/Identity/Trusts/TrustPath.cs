using Pipeline.Data;
using Pipeline.Identity.Delegations;

namespace Pipeline.Identity.Trusts;

/// <summary>A trust by its path.</summary>
internal static class TrustPath
{
    public const string All = "identity/v3/OS-TRUST/trusts";
    public const string One = $"{All}/{{trust_id}}";
    public const string Roles = $"{One}/roles";
    public const string OneRole = $"{Roles}/{{role_id}}";

    public static PolicyTarget Target(Trust trust) => Target(trust.TrustorId.Value, trust.TrusteeId.Value);

    public static PolicyTarget Target(string? trustor, string? trustee) =>
        new(("target.trust.trustor_user_id", trustor), ("target.trust.trustee_user_id", trustee));

    /// <summary>Trusts are for users themselves, and for who was trusted: an application credential would lend more than it has.</summary>
    /// <exception cref="Fault">Forbidden.</exception>
    public static void Check(Caller caller)
    {
        if (caller.TrustId is null)
            Delegating.OwnersAlone(caller, "trusts");
    }

    /// <exception cref="Fault">NotFound; Forbidden.</exception>
    public static async ValueTask<Trust> FindAsync(
        Tx tx,
        IdentityStore store,
        Policies policies,
        string rule,
        Caller caller,
        string id
    )
    {
        var trust = await store.FindTrustAsync(tx, id) ?? throw Refusals.NotFound("trust", id);
        policies.Enforce(rule, caller, Target(trust));
        return trust;
    }
}
