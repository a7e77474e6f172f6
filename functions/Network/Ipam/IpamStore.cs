using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Ipam;

/// <summary>All SQL of addresses: who has which, and what is free.</summary>
internal static class IpamStore
{
    private const string AllocationColumns = "network_id, address, ip, subnet_id, port_id, position";

    /// <summary>The free range to take the next address from: the cursor's or the first after it, else the lowest.</summary>
    public static async ValueTask<(AddressRange Range, long Address)?> FindFreeAsync(this Tx tx, SubnetId subnet)
    {
        var next = await tx.ScalarAsync<long>("SELECT next_address FROM subnets WHERE id = @subnet", new { subnet });
        var range = await tx.FindRangeAsync(subnet, next) ?? await tx.FindRangeAsync(subnet, 0);
        return range is null ? null : (range, range.Contains(next) ? next : range.FirstAddress);
    }

    /// <summary>The first free range that ends at or after an address.</summary>
    public static ValueTask<AddressRange?> FindRangeAsync(this Tx tx, SubnetId subnet, long from) =>
        tx.FindAsync<AddressRange>(
            """
            SELECT first_address, last_address FROM free_ranges
            WHERE subnet_id = @subnet AND last_address >= @from ORDER BY last_address LIMIT 1
            """,
            new { subnet, from }
        );

    public static async ValueTask AddRangeAsync(this Tx tx, SubnetId subnet, AddressRange range) =>
        await tx.ExecuteAsync(
            "INSERT INTO free_ranges (subnet_id, first_address, last_address) VALUES (@subnet, @FirstAddress, @LastAddress)",
            new
            {
                subnet,
                range.FirstAddress,
                range.LastAddress,
            }
        );

    /// <summary>Takes addresses off a range's beginning: its end is what it is known by.</summary>
    public static async ValueTask ShortenRangeAsync(this Tx tx, SubnetId subnet, AddressRange range) =>
        await tx.ExecuteAsync(
            "UPDATE free_ranges SET first_address = @FirstAddress WHERE subnet_id = @subnet AND last_address = @LastAddress",
            new
            {
                subnet,
                range.FirstAddress,
                range.LastAddress,
            }
        );

    public static async ValueTask DeleteRangeAsync(this Tx tx, SubnetId subnet, AddressRange range) =>
        await tx.ExecuteAsync(
            "DELETE FROM free_ranges WHERE subnet_id = @subnet AND last_address = @LastAddress",
            new { subnet, range.LastAddress }
        );

    public static async ValueTask DeleteRangesAsync(this Tx tx, SubnetId subnet) =>
        await tx.ExecuteAsync("DELETE FROM free_ranges WHERE subnet_id = @subnet", new { subnet });

    public static async ValueTask SetNextAsync(this Tx tx, SubnetId subnet, long next) =>
        await tx.ExecuteAsync("UPDATE subnets SET next_address = @next WHERE id = @subnet", new { subnet, next });

    /// <summary>The subnet of a network whose pools hold an address, with the pool.</summary>
    public static ValueTask<PoolRow?> FindPoolAsync(this Tx tx, NetworkId network, long address) =>
        tx.FindAsync<PoolRow>(
            """
            SELECT p.subnet_id, p.first_address, p.last_address FROM subnets s
            JOIN allocation_pools p ON p.subnet_id = s.id
            WHERE s.network_id = @network AND p.first_address <= @address AND p.last_address >= @address
            """,
            new { network, address }
        );

    public static ValueTask<IReadOnlyList<PoolRow>> ListPoolsAsync(this Tx tx, IEnumerable<string> subnets) =>
        tx.InChunksAsync<PoolRow>(
            """
            SELECT subnet_id, first_address, last_address FROM allocation_pools
            WHERE subnet_id IN @ids ORDER BY subnet_id, first_address
            """,
            subnets
        );

    public static async ValueTask SetPoolsAsync(this Tx tx, SubnetId subnet, IEnumerable<AddressRange> pools)
    {
        await tx.ExecuteAsync("DELETE FROM allocation_pools WHERE subnet_id = @subnet", new { subnet });
        foreach (var pool in pools)
            await tx.ExecuteAsync(
                """
                INSERT INTO allocation_pools (subnet_id, first_address, last_address)
                VALUES (@subnet, @FirstAddress, @LastAddress)
                """,
                new
                {
                    subnet,
                    pool.FirstAddress,
                    pool.LastAddress,
                }
            );
    }

    /// <summary>Taken addresses of a network inside a prefix, rising: also those of ports whose subnet is gone.</summary>
    public static ValueTask<IReadOnlyList<long>> ListTakenAsync(this Tx tx, NetworkId network, long first, long last) =>
        tx.ListAsync<long>(
            """
            SELECT address FROM ip_allocations
            WHERE network_id = @network AND address >= @first AND address <= @last ORDER BY address
            """,
            new
            {
                network,
                first,
                last,
            }
        );

    /// <returns>False when the address is taken.</returns>
    public static async ValueTask<bool> AddAllocationAsync(this Tx tx, AllocationRow row) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO ip_allocations ({AllocationColumns}) VALUES (@NetworkId, @Address, @Ip, @SubnetId, @PortId, @Position)
            ON CONFLICT (network_id, address) DO NOTHING
            """,
            row
        ) == 1;

    public static async ValueTask DeleteAllocationAsync(this Tx tx, NetworkId network, long address) =>
        await tx.ExecuteAsync(
            "DELETE FROM ip_allocations WHERE network_id = @network AND address = @address",
            new { network, address }
        );

    public static async ValueTask MoveAllocationAsync(this Tx tx, AllocationRow row, int position) =>
        await tx.ExecuteAsync(
            "UPDATE ip_allocations SET position = @position WHERE network_id = @NetworkId AND address = @Address",
            new
            {
                row.NetworkId,
                row.Address,
                position,
            }
        );

    /// <summary>True when a port that its tenant sees, and that is no DHCP server's, has an address of the subnet.</summary>
    public static async ValueTask<bool> HasAddressesAsync(this Tx tx, SubnetId subnet) =>
        await tx.ScalarAsync<long>(
            """
            SELECT COUNT(*) FROM ip_allocations a JOIN ports p ON p.id = a.port_id
            WHERE a.subnet_id = @subnet AND p.deleted_at IS NULL AND p.device_owner <> 'network:dhcp'
            """,
            new { subnet }
        ) > 0;

    public static ValueTask<IReadOnlyList<AllocationRow>> ListDhcpAllocationsAsync(this Tx tx, SubnetId subnet) =>
        tx.ListAsync<AllocationRow>(
            $"""
            SELECT {AllocationColumns} FROM ip_allocations a
            WHERE subnet_id = @subnet AND EXISTS (SELECT 1 FROM ports p WHERE p.id = a.port_id
                AND p.deleted_at IS NULL AND p.device_owner = 'network:dhcp')
            """,
            new { subnet }
        );

    /// <summary>The addresses of ports, in the order in which they were asked for.</summary>
    public static ValueTask<IReadOnlyList<AllocationRow>> ListAllocationsAsync(this Tx tx, IEnumerable<string> ports) =>
        tx.InChunksAsync<AllocationRow>(
            $"SELECT {AllocationColumns} FROM ip_allocations WHERE port_id IN @ids ORDER BY port_id, position",
            ports
        );
}

internal sealed record AllocationRow
{
    public NetworkId NetworkId { get; init; }
    public long Address { get; init; }
    public string Ip { get; init; } = "";
    public SubnetId SubnetId { get; init; }
    public PortId PortId { get; init; }
    public int Position { get; init; }
}

internal sealed record PoolRow
{
    public SubnetId SubnetId { get; init; }
    public long FirstAddress { get; init; }
    public long LastAddress { get; init; }

    public AddressRange Range => AddressRange.Of(FirstAddress, LastAddress);
}
