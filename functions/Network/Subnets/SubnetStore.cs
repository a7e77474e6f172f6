using Pipeline.Data;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Rbac;
using Pipeline.Network.Tags;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Subnets;

/// <summary>All SQL of subnets.</summary>
internal static class SubnetStore
{
    private const string Columns = """
        id, project_id, network_id, name, description, ip_version, cidr, first_address, last_address, gateway_ip,
        enable_dhcp, ipv6_ra_mode, ipv6_address_mode, dns_nameservers, host_routes, service_types, subnetpool_id, next_address, revision_number, created_at, updated_at
        """;

    /// <summary>A project sees its own subnets and those of all networks it sees, external ones of others excepted.</summary>
    private const string VisibleIds = """
        SELECT id FROM subnets WHERE project_id = @viewer
        UNION SELECT s.id FROM networks n JOIN subnets s ON s.network_id = n.id WHERE n.project_id = @viewer
        UNION SELECT s.id FROM rbac_policies r JOIN subnets s ON s.network_id = r.object_id
            WHERE r.target_tenant IN ('*', @viewer) AND r.object_type = 'network' AND r.action = 'access_as_shared'
        """;

    public static readonly ListSource Listed = new(
        Columns,
        "subnets",
        $"x.id IN ({VisibleIds})",
        NeutronFault.SubnetNotFound
    );

    /// <exception cref="Fault">NotFound when the caller does not see it.</exception>
    public static async ValueTask<SubnetRow> GetSubnetAsync(this Tx tx, Caller caller, string id)
    {
        if (!SubnetId.TryParse(id, out var subnet) || await tx.FindSubnetAsync(subnet) is not { } row)
            throw NeutronFault.SubnetNotFound(id);
        if (caller.IsAdmin || caller.ProjectId == row.ProjectId)
            return row;
        return
            (await tx.FindNetworkAsync(row.NetworkId))?.IsOwnedBy(caller) == true
            || await tx.IsSharedAsync(caller.Project, row.NetworkId.ToString())
            ? row
            : throw NeutronFault.SubnetNotFound(id);
    }

    /// <summary>A subnet that the caller may change: its own, or one on a network of its own.</summary>
    public static async ValueTask<SubnetRow> GetOwnSubnetAsync(this Tx tx, Caller caller, string id, string rule)
    {
        var subnet = await tx.GetSubnetAsync(caller, id);
        var mine = caller.IsAdmin || caller.ProjectId == subnet.ProjectId;
        return mine || (await tx.FindNetworkAsync(subnet.NetworkId))?.IsOwnedBy(caller) == true
            ? subnet
            : throw NeutronFault.Forbidden(rule);
    }

    public static ValueTask<SubnetRow?> FindSubnetAsync(this Tx tx, SubnetId id) =>
        tx.FindAsync<SubnetRow>($"SELECT {Columns} FROM subnets WHERE id = @id", new { id });

    /// <summary>The subnets of networks, in the order in which addresses are taken from them.</summary>
    public static ValueTask<IReadOnlyList<SubnetRow>> ListSubnetsAsync(this Tx tx, IEnumerable<NetworkId> networks) =>
        tx.InChunksAsync<SubnetRow>(
            $"SELECT {Columns} FROM subnets WHERE network_id IN @ids ORDER BY network_id, created_at, id",
            networks.Select(n => n.ToString())
        );

    public static ValueTask<IReadOnlyList<SubnetOfNetwork>> ListSubnetIdsAsync(
        this Tx tx,
        IEnumerable<string> networks
    ) =>
        tx.InChunksAsync<SubnetOfNetwork>(
            "SELECT id, network_id FROM subnets WHERE network_id IN @ids ORDER BY network_id, created_at, id",
            networks
        );

    public static async ValueTask<bool> OverlapsAsync(this Tx tx, NetworkId network, Cidr cidr) =>
        await tx.ScalarAsync<long>(
            """
            SELECT COUNT(*) FROM subnets
            WHERE network_id = @network AND first_address <= @Last AND last_address >= @First
            """,
            new
            {
                network,
                First = cidr.First.Stored,
                Last = cidr.Last.Stored,
            }
        ) > 0;

    public static async ValueTask AddSubnetAsync(this Tx tx, SubnetRow row) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO subnets ({Columns}) VALUES (@Id, @ProjectId, @NetworkId, @Name, @Description, @IpVersion, @Cidr,
                @FirstAddress, @LastAddress, @GatewayIp, @EnableDhcp, @Ipv6RaMode, @Ipv6AddressMode, @DnsNameservers, @HostRoutes,
                @ServiceTypes, @SubnetpoolId, @FirstAddress, 0, @now, @now)
            """,
            row
        );

    public static async ValueTask UpdateSubnetAsync(this Tx tx, SubnetRow row) =>
        await tx.ExecuteAsync(
            """
            UPDATE subnets SET name = @Name, description = @Description, gateway_ip = @GatewayIp,
                enable_dhcp = @EnableDhcp, dns_nameservers = @DnsNameservers, host_routes = @HostRoutes, service_types = @ServiceTypes,
                revision_number = revision_number + 1, updated_at = @now
            WHERE id = @Id
            """,
            row
        );

    public static async ValueTask TouchSubnetAsync(this Tx tx, SubnetId id) =>
        await tx.ExecuteAsync(
            "UPDATE subnets SET revision_number = revision_number + 1, updated_at = @now WHERE id = @id",
            new { id }
        );

    /// <summary>Removes a subnet with its pools. Addresses still held by ports on the metal stay taken in the network.</summary>
    public static async ValueTask DeleteSubnetAsync(this Tx tx, SubnetId id)
    {
        await tx.SetPoolsAsync(id, []);
        await tx.DeleteRangesAsync(id);
        await tx.ExecuteAsync("DELETE FROM subnets WHERE id = @id", new { id });
    }

    public static async ValueTask<IReadOnlyList<SubnetItem>> ItemsAsync(this Tx tx, IReadOnlyList<SubnetRow> rows)
    {
        var ids = rows.Select(r => r.Id.ToString()).ToList();
        var pools = (await tx.ListPoolsAsync(ids)).ToLookup(p => p.SubnetId, p => p.Range);
        var tags = await tx.ListTagsAsync(ids);
        return [.. rows.Select(r => new SubnetItem(r, [.. pools[r.Id]], [.. tags[r.Id.ToString()]]))];
    }

    public static async ValueTask<SubnetItem> SubnetItemAsync(this Tx tx, SubnetId id)
    {
        var row = await tx.FindSubnetAsync(id) ?? throw NeutronFault.SubnetNotFound(id);
        return (await tx.ItemsAsync([row]))[0];
    }
}
