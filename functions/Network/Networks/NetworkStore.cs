using Pipeline.Data;
using Pipeline.Network.Rbac;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Networks;

/// <summary>All SQL of networks.</summary>
internal static class NetworkStore
{
    /// <summary>Networks that a project may see: its own, and those that policies show to it.</summary>
    private static readonly string VisibleIds =
        $"SELECT id FROM networks WHERE project_id = @viewer UNION {RbacStore.VisibleIds(NetworkRow.Type)}";

    private const string Columns = """
        id, project_id, name, description, admin_state_up, shared, external, mtu, port_security_enabled, network_type,
        physical_network, segmentation_id, availability_zone_hints, dhcp_port_id, qos_policy_id, is_default, dns_domain, revision_number,
        created_at, updated_at, deleted_at
        """;

    public static readonly ListSource Listed = new(
        Columns,
        "networks",
        $"x.id IN ({VisibleIds})",
        NeutronFault.NetworkNotFound
    )
    {
        Shown = "x.deleted_at IS NULL",
    };

    /// <summary>A network that the caller may see, by the text a client sent for its id.</summary>
    /// <exception cref="Fault">NotFound, also for another project's network.</exception>
    public static async ValueTask<NetworkRow> GetNetworkAsync(this Tx tx, Caller caller, string id) =>
        NetworkId.TryParse(id, out var network)
        && await tx.FindNetworkAsync(network) is { } row
        && (row.IsOwnedBy(caller) || await tx.IsSeenAsync(caller.Project, id))
            ? row
            : throw NeutronFault.NetworkNotFound(id);

    /// <summary>A network that the caller may change.</summary>
    /// <exception cref="Fault">NotFound when the caller does not see it, Forbidden when it is only shared with it.</exception>
    public static async ValueTask<NetworkRow> GetOwnNetworkAsync(this Tx tx, Caller caller, string id, string rule)
    {
        var network = await tx.GetNetworkAsync(caller, id);
        return network.IsOwnedBy(caller) ? network : throw NeutronFault.Forbidden(rule);
    }

    public static ValueTask<NetworkRow?> FindNetworkAsync(this Tx tx, NetworkId id) =>
        tx.FindAsync<NetworkRow>($"SELECT {Columns} FROM networks WHERE id = @id AND deleted_at IS NULL", new { id });

    /// <summary>The external network that projects are joined to which ask for a topology; null where there is none.</summary>
    public static ValueTask<NetworkRow?> FindDefaultExternalAsync(this Tx tx) =>
        tx.FindAsync<NetworkRow>(
            $"SELECT {Columns} FROM networks WHERE is_default = 1 AND external = 1 AND deleted_at IS NULL"
        );

    /// <summary>There is one at most. Nobody else sets one meanwhile.</summary>
    /// <param name="self">The network that is to be it; the default for a new one.</param>
    /// <exception cref="Fault">Conflict where another network is it.</exception>
    public static async ValueTask CheckOnlyDefaultAsync(this Tx tx, NetworkId self)
    {
        await tx.LockAsync("network/default-external");
        var id = await tx.ScalarAsync<string?>("SELECT id FROM networks WHERE is_default = 1");
        if (id is not null && id != self.ToString())
            throw Fault.Conflict($"A default external network already exists: {id}.", "DefaultExternalNetworkExists");
    }

    public static ValueTask<IReadOnlyList<NetworkRow>> ListNetworksAsync(this Tx tx, IEnumerable<NetworkId> ids) =>
        tx.InChunksAsync<NetworkRow>(
            $"SELECT {Columns} FROM networks WHERE id IN @ids AND deleted_at IS NULL",
            ids.Select(i => i.ToString())
        );

    public static ValueTask<IReadOnlyList<NetworkRow>> ListOwnNetworksAsync(this Tx tx, ProjectId project) =>
        tx.ListAsync<NetworkRow>(
            $"SELECT {Columns} FROM networks WHERE project_id = @project AND deleted_at IS NULL ORDER BY created_at, id",
            new { project }
        );

    /// <summary>Takes the row for this transaction, so that whoever adds to the network or deletes it comes before or after.</summary>
    public static ValueTask<NetworkRow?> LockNetworkAsync(this Tx tx, NetworkId id) =>
        tx.FindAsync<NetworkRow>(
            $"UPDATE networks SET mtu = mtu WHERE id = @id AND deleted_at IS NULL RETURNING {Columns}",
            new { id }
        );

    public static async ValueTask AddNetworkAsync(this Tx tx, NetworkRow row) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO networks (segment_id, {Columns}) VALUES (@SegmentId, @Id, @ProjectId, @Name, @Description, @AdminStateUp, @Shared,
                @External, @Mtu, @PortSecurityEnabled, @NetworkType, @PhysicalNetwork, @SegmentationId,
                @AvailabilityZoneHints, NULL, @QosPolicyId, @IsDefault, @DnsDomain, @RevisionNumber, @now, @now, NULL)
            """,
            row
        );

    public static async ValueTask UpdateNetworkAsync(this Tx tx, NetworkRow row) =>
        await tx.ExecuteAsync(
            """
            UPDATE networks SET name = @Name, description = @Description, admin_state_up = @AdminStateUp,
                shared = @Shared, external = @External, mtu = @Mtu, port_security_enabled = @PortSecurityEnabled,
                qos_policy_id = @QosPolicyId, is_default = @IsDefault, dns_domain = @DnsDomain,
                revision_number = revision_number + 1, updated_at = @now
            WHERE id = @Id
            """,
            row
        );

    /// <summary>Something that is shown with the network has changed: a subnet, a tag.</summary>
    public static async ValueTask TouchNetworkAsync(this Tx tx, NetworkId id) =>
        await tx.ExecuteAsync(
            "UPDATE networks SET revision_number = revision_number + 1, updated_at = @now WHERE id = @id",
            new { id }
        );

    public static async ValueTask SetDhcpPortAsync(this Tx tx, NetworkId id, PortId? port) =>
        await tx.ExecuteAsync("UPDATE networks SET dhcp_port_id = @port WHERE id = @id", new { id, port });

    public static async ValueTask BuryNetworkAsync(this Tx tx, NetworkId id) =>
        await tx.ExecuteAsync(
            "UPDATE networks SET deleted_at = @now, shared = 0, external = 0, is_default = 0 WHERE id = @id",
            new { id }
        );

    /// <summary>Removes the row: a network nobody needs, or a tombstone whose last port is gone.</summary>
    public static async ValueTask PurgeNetworkAsync(this Tx tx, NetworkId id) =>
        await tx.ExecuteAsync("DELETE FROM networks WHERE id = @id", new { id });

    public static async ValueTask PurgeBuriedNetworkAsync(this Tx tx, NetworkId id)
    {
        var purged = await tx.ExecuteAsync(
            """
            DELETE FROM networks WHERE id = @id AND deleted_at IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM ports p WHERE p.network_id = networks.id)
            """,
            new { id }
        );
        if (purged > 0)
            await tx.RecordRemovalAsync(Removals.Network, id.ToString());
    }

    /// <summary>Its own attributes say what the policies about it say: shared with all, external for some.</summary>
    public static async ValueTask ShowSharingAsync(this Tx tx, NetworkId id) =>
        await tx.ExecuteAsync(
            """
            UPDATE networks SET
                shared = CASE WHEN EXISTS (SELECT 1 FROM rbac_policies r WHERE r.object_id = networks.id
                    AND r.action = 'access_as_shared' AND r.target_tenant = '*') THEN 1 ELSE 0 END,
                external = CASE WHEN EXISTS (SELECT 1 FROM rbac_policies r WHERE r.object_id = networks.id
                    AND r.action = 'access_as_external') THEN 1 ELSE 0 END,
                is_default = CASE WHEN is_default = 1 AND EXISTS (SELECT 1 FROM rbac_policies r
                    WHERE r.object_id = networks.id AND r.action = 'access_as_external') THEN 1 ELSE 0 END,
                revision_number = revision_number + 1, updated_at = @now
            WHERE id = @id
            """,
            new { id }
        );
}
