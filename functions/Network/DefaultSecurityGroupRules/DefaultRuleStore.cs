using Pipeline.Data;
using Pipeline.Network.SecurityGroupRules;
using Pipeline.Network.SecurityGroups;
using Pipeline.Network.Wire;

namespace Pipeline.Network.DefaultSecurityGroupRules;

/// <summary>All SQL of the rules that new groups begin with.</summary>
internal static class DefaultRuleStore
{
    private const string Columns = """
        id, direction, ethertype, protocol, port_range_min, port_range_max, remote_ip_prefix, normalized_cidr,
        among_members, used_in_default_sg, used_in_non_default_sg, meaning, description
        """;

    /// <summary>They are the cloud's: all see them.</summary>
    public static readonly ListSource Listed = new(
        Columns,
        "default_security_group_rules",
        "1 = 1",
        NeutronFault.DefaultRuleNotFound
    );

    /// <exception cref="Fault">NotFound.</exception>
    public static async ValueTask<DefaultRuleRow> GetDefaultRuleAsync(this Tx tx, string id) =>
        await tx.FindAsync<DefaultRuleRow>(
            $"SELECT {Columns} FROM default_security_group_rules WHERE id = @id",
            new { id }
        ) ?? throw NeutronFault.DefaultRuleNotFound(id);

    /// <summary>What a new group begins with, each thing once.</summary>
    public static async ValueTask<IReadOnlyList<SecurityGroupRuleRow>> ListFirstRulesAsync(
        this Tx tx,
        SecurityGroupRow group
    )
    {
        var used = group.IsDefault ? "used_in_default_sg" : "used_in_non_default_sg";
        var rules = await tx.ListAsync<DefaultRuleRow>(
            $"SELECT {Columns} FROM default_security_group_rules WHERE {used} = 1 ORDER BY id"
        );
        return [.. rules.Select(rule => rule.In(group)).DistinctBy(rule => rule.Meaning)];
    }

    /// <summary>Those that allow the same as one that is to be added. Nobody adds another meanwhile.</summary>
    public static async ValueTask<IReadOnlyList<DefaultRuleRow>> ListLikeAsync(this Tx tx, string meaning)
    {
        await tx.LockAsync("network/default-security-group-rules");
        return await tx.ListAsync<DefaultRuleRow>(
            $"SELECT {Columns} FROM default_security_group_rules WHERE meaning = @meaning ORDER BY id",
            new { meaning }
        );
    }

    public static async ValueTask AddDefaultRuleAsync(this Tx tx, DefaultRuleRow row) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO default_security_group_rules ({Columns}) VALUES (@Id, @Direction, @Ethertype, @Protocol,
                @PortRangeMin, @PortRangeMax, @RemoteIpPrefix, @NormalizedCidr, @AmongMembers, @UsedInDefaultSg,
                @UsedInNonDefaultSg, @Meaning, @Description)
            """,
            row
        );

    public static async ValueTask DeleteDefaultRuleAsync(this Tx tx, string id) =>
        await tx.ExecuteAsync("DELETE FROM default_security_group_rules WHERE id = @id", new { id });
}
