using System.Text.Json;

namespace Pipeline.Identity.Trusts;

/// <summary>
/// Lending on what a trust has lent, with Keystone's bounds: a trust below another lends no more of it, for no longer, and one step less
/// deep.
/// </summary>
internal static class Redelegation
{
    /// <summary>How many trusts may stand below one, each below another.</summary>
    public const long Deepest = 3;

    /// <summary>How often a new trust may be lent on; null for as often as can be.</summary>
    /// <exception cref="Fault">Forbidden for too deep; BadRequest where its uses are numbered, too.</exception>
    public static long? Read(Fields body)
    {
        var asked = body.Nullable("redelegation_count")?.Long(0, int.MaxValue);
        if (body.Nullable("allow_redelegation")?.Bool() != true || asked == 0)
            return 0;
        if (asked > Deepest)
            throw Fault.Forbidden($"Requested redelegation depth of {asked} is greater than allowed {Deepest}");
        return body.Nullable("remaining_uses") is null
            ? asked
            : throw Fault.BadRequest("remaining_uses must not be set if redelegation is allowed");
    }

    /// <summary>A new trust, made on another.</summary>
    /// <param name="depth">As read.</param>
    /// <exception cref="Fault">Forbidden for whatever is more than that one lends.</exception>
    public static Trust On(Trust above, Trust trust, long? depth)
    {
        if (above.RedelegationCount <= 0)
            throw Fault.Forbidden($"Remaining redelegation depth of 0 out of allowed range of [0..{Deepest}]");
        if (depth > 0 && depth != above.RedelegationCount - 1)
            throw Fault.Forbidden(
                "Modifying \"redelegation_count\" upon redelegation is forbidden. Omitting this parameter is advised."
            );
        if (trust.RemainingUses is { } uses)
            throw Fault.Forbidden(
                $"Field \"remaining_uses\" is set to {uses} while it must not be set in order to redelegate a trust"
            );
        if (trust.ProjectId != above.ProjectId)
            throw Fault.Forbidden("A trust is lent on for its own project alone.");
        if (trust.ExpiresAt > above.ExpiresAt)
            throw Fault.Forbidden("Requested expiration time is more than redelegated trust can provide");
        if (trust.Impersonation && !above.Impersonation)
            throw Fault.Forbidden(
                "Impersonation is not allowed because redelegated trust does not specify impersonation. "
                    + $"Redelegated trust id: {above.Id}"
            );
        return trust with
        {
            RootId = above.OwnerId,
            Agents = AgentsBelow(above),
            RedelegatedTrustId = above.Id,
            RedelegationCount = depth ?? above.RedelegationCount - 1,
            ExpiresAt = trust.ExpiresAt ?? above.ExpiresAt,
        };
    }

    private static string AgentsBelow(Trust above)
    {
        string[] before = above.Agents is null
            ? []
            : JsonSerializer.Deserialize(above.Agents, IdentityJson.Default.StringArray)!;
        return JsonSerializer.Serialize([.. before, above.TrusteeId.Value], IdentityJson.Default.StringArray);
    }
}
