using Pipeline.Data;
using Pipeline.Network.Rbac;
using Pipeline.Network.Tags;
using Pipeline.Network.Wire;

namespace Pipeline.Network.PrefixPools;

/// <summary>All SQL of subnet pools.</summary>
internal static class SubnetPoolStore
{
    private const string Columns = """
        id, project_id, name, description, ip_version, prefixes, min_prefixlen, max_prefixlen, default_prefixlen,
        default_quota, is_default, address_scope_id, revision_number, created_at, updated_at
        """;

    /// <summary>A project sees its own pools, and those that are shared with it.</summary>
    public static readonly ListSource Listed = new(
        Columns,
        "subnet_pools",
        $"""
        x.id IN (SELECT id FROM subnet_pools WHERE project_id = @viewer
            UNION {RbacStore.VisibleIds(SubnetPoolRow.Type)})
        """,
        NeutronFault.SubnetPoolNotFound
    );

    /// <exception cref="Fault">NotFound when the caller does not see it.</exception>
    public static async ValueTask<SubnetPoolRow> GetSubnetPoolAsync(this Tx tx, Caller caller, string id) =>
        SubnetPoolId.TryParse(id, out var pool)
        && await tx.FindSubnetPoolAsync(pool) is { } row
        && (row.IsOwnedBy(caller) || await tx.IsSeenAsync(caller.Project, id))
            ? row
            : throw NeutronFault.SubnetPoolNotFound(id);

    /// <summary>A pool that the caller may change, taken for this transaction.</summary>
    /// <exception cref="Fault">NotFound when the caller does not see it, Forbidden when it is only shared with it.</exception>
    public static async ValueTask<SubnetPoolRow> LockOwnPoolAsync(this Tx tx, Caller caller, string id, string rule)
    {
        var pool = await tx.GetSubnetPoolAsync(caller, id);
        if (!pool.IsOwnedBy(caller))
            throw NeutronFault.Forbidden(rule);
        return await tx.LockSubnetPoolAsync(pool.Id) ?? throw NeutronFault.SubnetPoolNotFound(id);
    }

    public static ValueTask<SubnetPoolRow?> FindSubnetPoolAsync(this Tx tx, SubnetPoolId id) =>
        tx.FindAsync<SubnetPoolRow>($"SELECT {Columns} FROM subnet_pools WHERE id = @id", new { id });

    /// <summary>Takes the row for this transaction: whoever cuts a prefix from the pool comes before or after.</summary>
    public static ValueTask<SubnetPoolRow?> LockSubnetPoolAsync(this Tx tx, SubnetPoolId id) =>
        tx.FindAsync<SubnetPoolRow>(
            $"UPDATE subnet_pools SET name = name WHERE id = @id RETURNING {Columns}",
            new { id }
        );

    public static ValueTask<SubnetPoolRow?> FindDefaultPoolAsync(this Tx tx, int ipVersion) =>
        tx.FindAsync<SubnetPoolRow>(
            $"SELECT {Columns} FROM subnet_pools WHERE is_default = 1 AND ip_version = @ipVersion",
            new { ipVersion }
        );

    public static ValueTask<IReadOnlyList<SubnetPoolRow>> ListPoolsInScopeAsync(this Tx tx, AddressScopeId scope) =>
        tx.ListAsync<SubnetPoolRow>(
            $"SELECT {Columns} FROM subnet_pools WHERE address_scope_id = @scope ORDER BY id",
            new { scope }
        );

    /// <summary>What subnets have of a pool.</summary>
    public static ValueTask<IReadOnlyList<CutPrefix>> ListCutAsync(this Tx tx, SubnetPoolId pool) =>
        tx.ListAsync<CutPrefix>(
            """
            SELECT id, network_id, project_id, cidr FROM subnets WHERE subnetpool_id = @pool ORDER BY first_address, id
            """,
            new { pool }
        );

    /// <returns>False when this would be the second default pool.</returns>
    public static async ValueTask<bool> AddSubnetPoolAsync(this Tx tx, SubnetPoolRow row) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO subnet_pools ({Columns}) VALUES (@Id, @ProjectId, @Name, @Description, @IpVersion, @Prefixes,
                @MinPrefixlen, @MaxPrefixlen, @DefaultPrefixlen, @DefaultQuota, @IsDefault, @AddressScopeId, 0, @now, @now)
            ON CONFLICT DO NOTHING
            """,
            row
        ) == 1;

    public static async ValueTask UpdateSubnetPoolAsync(this Tx tx, SubnetPoolRow row) =>
        await tx.ExecuteAsync(
            """
            UPDATE subnet_pools SET name = @Name, description = @Description, prefixes = @Prefixes,
                min_prefixlen = @MinPrefixlen, max_prefixlen = @MaxPrefixlen, default_prefixlen = @DefaultPrefixlen,
                default_quota = @DefaultQuota, is_default = @IsDefault, address_scope_id = @AddressScopeId,
                revision_number = revision_number + 1, updated_at = @now
            WHERE id = @Id
            """,
            row
        );

    public static async ValueTask TouchSubnetPoolAsync(this Tx tx, SubnetPoolId id) =>
        await tx.ExecuteAsync(
            "UPDATE subnet_pools SET revision_number = revision_number + 1, updated_at = @now WHERE id = @id",
            new { id }
        );

    /// <summary>A subnet that was made without the pool is of it from now on.</summary>
    public static async ValueTask JoinPoolAsync(this Tx tx, SubnetId subnet, SubnetPoolId pool) =>
        await tx.ExecuteAsync(
            """
            UPDATE subnets SET subnetpool_id = @pool, revision_number = revision_number + 1, updated_at = @now
            WHERE id = @subnet
            """,
            new { subnet, pool }
        );

    public static async ValueTask DeleteSubnetPoolAsync(this Tx tx, SubnetPoolId id) =>
        await tx.ExecuteAsync("DELETE FROM subnet_pools WHERE id = @id", new { id });

    public static async ValueTask<IReadOnlyList<SubnetPoolItem>> ItemsAsync(
        this Tx tx,
        IReadOnlyList<SubnetPoolRow> rows,
        ProjectId? viewer
    )
    {
        var ids = rows.Select(r => r.Id.ToString()).ToList();
        var shared = await tx.SharedAsync(ids, viewer);
        var tags = await tx.ListTagsAsync(ids);
        return
        [
            .. rows.Select(r => new SubnetPoolItem(r, shared.Contains(r.Id.ToString()), [.. tags[r.Id.ToString()]])),
        ];
    }

    public static async ValueTask<SubnetPoolItem> PoolItemAsync(this Tx tx, SubnetPoolId id, ProjectId? viewer)
    {
        var row = await tx.FindSubnetPoolAsync(id) ?? throw NeutronFault.SubnetPoolNotFound(id);
        return (await tx.ItemsAsync([row], viewer))[0];
    }
}
