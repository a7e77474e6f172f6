using Pipeline.Data;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Tags;
using Pipeline.Network.Trunks;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Ports;

/// <summary>All SQL of ports as tenants see them.</summary>
internal static class PortStore
{
    public const string Columns = """
        id, project_id, network_id, name, description, mac_address, admin_state_up, status, device_id, device_owner,
        port_security_enabled, binding_host, binding_profile, address_pairs, dhcp_options, dns_name, qos_policy_id,
        vnic_type, mechanism, vif_type, port_filter, trunk_id, segmentation_id, server_id, host_id, guest_name, attachment, made_for_server, stale_version, revision_number, created_at, updated_at, deleted_at
        """;

    /// <summary>A project sees its own ports, and all that are on its networks.</summary>
    private const string VisibleIds = """
        SELECT id FROM ports WHERE project_id = @viewer
        UNION SELECT p.id FROM networks n JOIN ports p ON p.network_id = n.id WHERE n.project_id = @viewer
        """;

    private const string OnMine = "x.network_id IN (SELECT id FROM networks WHERE project_id = @viewer)";

    public static readonly ListSource Listed = new(
        Columns,
        "ports",
        $"x.id IN ({VisibleIds})",
        NeutronFault.PortNotFound
    )
    {
        Shown = "x.deleted_at IS NULL",
        Parts =
        [
            "x.project_id = @viewer",
            $"{OnMine} AND x.project_id < @viewer",
            $"{OnMine} AND x.project_id > @viewer",
        ],
    };

    /// <exception cref="Fault">NotFound when the caller does not see it.</exception>
    public static async ValueTask<PortRow> GetPortAsync(this Tx tx, Caller caller, string id)
    {
        if (!PortId.TryParse(id, out var port) || await tx.FindPortAsync(port) is not { } row)
            throw NeutronFault.PortNotFound(id);
        if (caller.IsAdmin || caller.ProjectId == row.ProjectId)
            return row;
        return await tx.FindNetworkAsync(row.NetworkId) is { } network && network.IsOwnedBy(caller)
            ? row
            : throw NeutronFault.PortNotFound(id);
    }

    public static ValueTask<PortRow?> FindPortAsync(this Tx tx, PortId id) =>
        tx.FindAsync<PortRow>($"SELECT {Columns} FROM ports WHERE id = @id AND deleted_at IS NULL", new { id });

    public static ValueTask<IReadOnlyList<PortRow>> ListNetworkPortsAsync(this Tx tx, NetworkId network) =>
        tx.ListAsync<PortRow>(
            $"SELECT {Columns} FROM ports WHERE network_id = @network AND deleted_at IS NULL ORDER BY id",
            new { network }
        );

    /// <summary>Also a tombstone's MAC is taken.</summary>
    public static async ValueTask<bool> HasMacAsync(this Tx tx, NetworkId network, string mac) =>
        await tx.ScalarAsync<string?>(
            "SELECT id FROM ports WHERE network_id = @network AND mac_address = @mac",
            new { network, mac }
        )
            is not null;

    public static async ValueTask AddPortAsync(this Tx tx, PortRow row) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO ports ({Columns}) VALUES (@Id, @ProjectId, @NetworkId, @Name, @Description, @MacAddress,
                @AdminStateUp, @Status, @DeviceId, @DeviceOwner, @PortSecurityEnabled, @BindingHost, @BindingProfile,
                @AddressPairs, @DhcpOptions, @DnsName, @QosPolicyId, @VnicType, '', '', 0, NULL, NULL, NULL, NULL, '', 0, @MadeForServer, 0, 1, @now, @now, NULL)
            """,
            row
        );

    public static async ValueTask UpdatePortAsync(this Tx tx, PortRow row) =>
        await tx.ExecuteAsync(
            """
            UPDATE ports SET name = @Name, description = @Description, mac_address = @MacAddress,
                admin_state_up = @AdminStateUp, device_id = @DeviceId, device_owner = @DeviceOwner,
                port_security_enabled = @PortSecurityEnabled, binding_host = @BindingHost,
                binding_profile = @BindingProfile, address_pairs = @AddressPairs,
                dhcp_options = @DhcpOptions, dns_name = @DnsName, qos_policy_id = @QosPolicyId, vnic_type = @VnicType,
                revision_number = revision_number + 1, updated_at = @now
            WHERE id = @Id
            """,
            row
        );

    public static async ValueTask TouchPortAsync(this Tx tx, PortId id) =>
        await tx.ExecuteAsync(
            "UPDATE ports SET revision_number = revision_number + 1, updated_at = @now WHERE id = @id",
            new { id }
        );

    public static async ValueTask TouchPortsAsync(this Tx tx, IEnumerable<PortId> ids)
    {
        foreach (var chunk in ids.Select(p => p.ToString()).Chunk(500))
            await tx.ExecuteAsync(
                "UPDATE ports SET revision_number = revision_number + 1, updated_at = @now WHERE id IN @chunk",
                new { chunk }
            );
    }

    /// <summary>Hides a port that its host still has.</summary>
    public static async ValueTask BuryPortAsync(this Tx tx, PortId id) =>
        await tx.ExecuteAsync("UPDATE ports SET deleted_at = @now WHERE id = @id", new { id });

    /// <summary>Removes the row, and the network's where this was the last port of a deleted one.</summary>
    public static async ValueTask PurgePortAsync(this Tx tx, PortRow port)
    {
        await tx.ExecuteAsync("DELETE FROM ports WHERE id = @Id", new { port.Id });
        await tx.RecordRemovalAsync(Removals.Port, port.Id.ToString(), port.NetworkId.ToString());
        await tx.PurgeBuriedNetworkAsync(port.NetworkId);
    }

    public static async ValueTask SetGroupsAsync(this Tx tx, PortId port, IEnumerable<SecurityGroupId> groups)
    {
        await tx.ExecuteAsync("DELETE FROM port_security_groups WHERE port_id = @port", new { port });
        await tx.AddGroupsAsync(port, groups);
    }

    /// <summary>Of a port that has none.</summary>
    public static async ValueTask AddGroupsAsync(this Tx tx, PortId port, IEnumerable<SecurityGroupId> groups)
    {
        foreach (var group in groups)
            await tx.ExecuteAsync(
                """
                INSERT INTO port_security_groups (port_id, security_group_id, host_id)
                VALUES (@port, @group, (SELECT host_id FROM ports WHERE id = @port))
                """,
                new { port, group }
            );
    }

    public static ValueTask<IReadOnlyList<PortGroupRow>> ListGroupsAsync(this Tx tx, IEnumerable<string> ports) =>
        tx.InChunksAsync<PortGroupRow>(
            """
            SELECT g.port_id, g.security_group_id, s.stateful FROM port_security_groups g
            JOIN security_groups s ON s.id = g.security_group_id
            WHERE g.port_id IN @ids ORDER BY g.port_id, g.security_group_id
            """,
            ports
        );

    public static async ValueTask<IReadOnlyList<PortItem>> ItemsAsync(this Tx tx, IReadOnlyList<PortRow> rows)
    {
        var ids = rows.Select(r => r.Id.ToString()).ToList();
        var addresses = (await tx.ListAllocationsAsync(ids)).ToLookup(a => a.PortId);
        var groups = (await tx.ListGroupsAsync(ids)).ToLookup(g => g.PortId, g => g.SecurityGroupId);
        var tags = await tx.ListTagsAsync(ids);
        var networks = await tx.ListPortNetworksAsync(rows.Select(r => r.NetworkId).Distinct());
        var trunks = await tx.ListTrunkDetailsAsync(ids);
        return
        [
            .. rows.Select(r => new PortItem(r, [.. addresses[r.Id]], [.. groups[r.Id]], [.. tags[r.Id.ToString()]])
            {
                Network = networks.GetValueOrDefault(r.NetworkId),
                Trunk = trunks.GetValueOrDefault(r.Id),
            }),
        ];
    }

    /// <summary>The ports that a server has and keeps.</summary>
    public static async ValueTask<IReadOnlyList<PortItem>> ListServerPortItemsAsync(this Tx tx, ServerId server) =>
        await tx.ItemsAsync(
            await tx.ListAsync<PortRow>(
                $"SELECT {Columns} FROM ports WHERE server_id = @server AND attachment > 0 AND deleted_at IS NULL ORDER BY attachment",
                new { server }
            )
        );

    public static async ValueTask<PortItem> PortItemAsync(this Tx tx, PortId id)
    {
        var row = await tx.FindPortAsync(id) ?? throw NeutronFault.PortNotFound(id);
        return (await tx.ItemsAsync([row]))[0];
    }
}
