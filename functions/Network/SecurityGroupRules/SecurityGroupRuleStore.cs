using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.SecurityGroupRules;

/// <summary>All SQL of security group rules.</summary>
internal static class SecurityGroupRuleStore
{
    private const string Columns = """
        id, project_id, security_group_id, direction, ethertype, protocol, port_range_min, port_range_max,
        remote_ip_prefix, normalized_cidr, remote_group_id, remote_address_group_id, meaning, description, revision_number,
        created_at, updated_at
        """;

    /// <summary>A project sees its own rules, and all that are in its groups.</summary>
    private const string VisibleIds = """
        SELECT id FROM security_group_rules WHERE project_id = @viewer
        UNION SELECT r.id FROM security_groups g JOIN security_group_rules r ON r.security_group_id = g.id
            WHERE g.project_id = @viewer
        """;

    public static readonly ListSource Listed = new(
        Columns,
        "security_group_rules",
        $"x.id IN ({VisibleIds})",
        NeutronFault.SecurityGroupRuleNotFound
    );

    public static ValueTask<SecurityGroupRuleRow?> FindRuleAsync(this Tx tx, SecurityGroupRuleId id) =>
        tx.FindAsync<SecurityGroupRuleRow>($"SELECT {Columns} FROM security_group_rules WHERE id = @id", new { id });

    public static ValueTask<IReadOnlyList<SecurityGroupRuleRow>> ListRulesOfAsync(
        this Tx tx,
        IEnumerable<string> groups
    ) =>
        tx.InChunksAsync<SecurityGroupRuleRow>(
            $"""
            SELECT {Columns} FROM security_group_rules
            WHERE security_group_id IN @ids ORDER BY security_group_id, created_at, ethertype, direction DESC, id
            """,
            groups
        );

    /// <summary>The group's own rules, and other groups' rules that name it.</summary>
    public static ValueTask<IReadOnlyList<SecurityGroupRuleRow>> ListRulesAboutAsync(
        this Tx tx,
        SecurityGroupId group
    ) =>
        tx.ListAsync<SecurityGroupRuleRow>(
            $"""
            SELECT {Columns} FROM security_group_rules WHERE security_group_id = @group OR remote_group_id = @group
            ORDER BY project_id, id
            """,
            new { group }
        );

    public static async ValueTask<SecurityGroupRuleId?> FindSameRuleAsync(this Tx tx, SecurityGroupRuleRow rule) =>
        (
            await tx.FindAsync<SecurityGroupRuleRow>(
                $"SELECT {Columns} FROM security_group_rules WHERE security_group_id = @SecurityGroupId AND meaning = @Meaning",
                new { rule.SecurityGroupId, rule.Meaning }
            )
        )?.Id;

    public static async ValueTask AddRuleAsync(this Tx tx, SecurityGroupRuleRow row) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO security_group_rules ({Columns}) VALUES (@Id, @ProjectId, @SecurityGroupId, @Direction, @Ethertype,
                @Protocol, @PortRangeMin, @PortRangeMax, @RemoteIpPrefix, @NormalizedCidr, @RemoteGroupId, @RemoteAddressGroupId, @Meaning,
                @Description, 0, @now, @now)
            """,
            row
        );

    public static async ValueTask DeleteRuleAsync(this Tx tx, SecurityGroupRuleId id) =>
        await tx.ExecuteAsync("DELETE FROM security_group_rules WHERE id = @id", new { id });
}
