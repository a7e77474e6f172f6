using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Ipam;

/// <summary>All SQL of addresses: who has which, and what is free.</summary>
internal static class IpamStore
{
    private const string AllocationColumns = "network_id, address, ip, subnet_id, port_id, position";

    /// <summary>The free range to take the next address from: the cursor's or the first after it, else the lowest.</summary>
    public static async ValueTask<(AddressRange Range, IpAddress Address)?> FindFreeAsync(this Tx tx, SubnetId subnet)
    {
        var stored = await tx.ScalarAsync<string?>(
            "SELECT next_address FROM subnets WHERE id = @subnet",
            new { subnet }
        );
        if (stored is null)
            return null;
        var next = IpAddress.OfStored(stored);
        var range = await tx.FindRangeAsync(subnet, next) ?? await tx.FindRangeAsync(subnet, new(next.Version, 0));
        return range is null ? null : (range, range.Contains(next) ? next : range.FirstAddress);
    }

    /// <summary>The first free range that ends at or after an address.</summary>
    public static async ValueTask<AddressRange?> FindRangeAsync(this Tx tx, SubnetId subnet, IpAddress from) =>
        (
            await tx.FindAsync<RangeRow>(
                """
                SELECT first_address, last_address FROM free_ranges
                WHERE subnet_id = @subnet AND last_address >= @from ORDER BY last_address LIMIT 1
                """,
                new { subnet, from = from.Stored }
            )
        )?.Range;

    public static async ValueTask AddRangeAsync(this Tx tx, SubnetId subnet, AddressRange range) =>
        await tx.ExecuteAsync(
            "INSERT INTO free_ranges (subnet_id, first_address, last_address) VALUES (@subnet, @FirstAddress, @LastAddress)",
            new
            {
                subnet,
                FirstAddress = range.FirstAddress.Stored,
                LastAddress = range.LastAddress.Stored,
            }
        );

    /// <summary>Takes addresses off a range's beginning: its end is what it is known by.</summary>
    public static async ValueTask ShortenRangeAsync(this Tx tx, SubnetId subnet, AddressRange range) =>
        await tx.ExecuteAsync(
            "UPDATE free_ranges SET first_address = @FirstAddress WHERE subnet_id = @subnet AND last_address = @LastAddress",
            new
            {
                subnet,
                FirstAddress = range.FirstAddress.Stored,
                LastAddress = range.LastAddress.Stored,
            }
        );

    public static async ValueTask DeleteRangeAsync(this Tx tx, SubnetId subnet, AddressRange range) =>
        await tx.ExecuteAsync(
            "DELETE FROM free_ranges WHERE subnet_id = @subnet AND last_address = @LastAddress",
            new { subnet, LastAddress = range.LastAddress.Stored }
        );

    public static async ValueTask DeleteRangesAsync(this Tx tx, SubnetId subnet) =>
        await tx.ExecuteAsync("DELETE FROM free_ranges WHERE subnet_id = @subnet", new { subnet });

    public static async ValueTask SetNextAsync(this Tx tx, SubnetId subnet, IpAddress next) =>
        await tx.ExecuteAsync(
            "UPDATE subnets SET next_address = @next WHERE id = @subnet",
            new { subnet, next = next.Stored }
        );

    /// <summary>The subnet of a network whose pools hold an address, with the pool.</summary>
    public static ValueTask<PoolRow?> FindPoolAsync(this Tx tx, NetworkId network, IpAddress address) =>
        tx.FindAsync<PoolRow>(
            """
            SELECT p.subnet_id, p.first_address, p.last_address FROM subnets s
            JOIN allocation_pools p ON p.subnet_id = s.id
            WHERE s.network_id = @network AND p.first_address <= @address AND p.last_address >= @address
            """,
            new { network, address = address.Stored }
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
                    FirstAddress = pool.FirstAddress.Stored,
                    LastAddress = pool.LastAddress.Stored,
                }
            );
    }

    /// <summary>Taken addresses of a network inside a prefix, rising: also those of ports whose subnet is gone.</summary>
    public static async ValueTask<IReadOnlyList<IpAddress>> ListTakenAsync(this Tx tx, NetworkId network, Cidr cidr)
    {
        var stored = await tx.ListAsync<string>(
            """
            SELECT address FROM ip_allocations
            WHERE network_id = @network AND address >= @first AND address <= @last ORDER BY address
            """,
            new
            {
                network,
                first = cidr.First.Stored,
                last = cidr.Last.Stored,
            }
        );
        return [.. stored.Select(IpAddress.OfStored)];
    }

    /// <returns>False when the address is taken.</returns>
    public static async ValueTask<bool> AddAllocationAsync(this Tx tx, AllocationRow row) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO ip_allocations ({AllocationColumns}) VALUES (@NetworkId, @Address, @Ip, @SubnetId, @PortId, @Position)
            ON CONFLICT (network_id, address) DO NOTHING
            """,
            row
        ) == 1;

    public static async ValueTask DeleteAllocationAsync(this Tx tx, AllocationRow row) =>
        await tx.ExecuteAsync(
            "DELETE FROM ip_allocations WHERE network_id = @NetworkId AND address = @Address",
            new { row.NetworkId, row.Address }
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

    /// <summary>
    /// True when a port that its tenant sees has an address of the subnet, and would miss it: DHCP servers never do, and of
    /// addresses that guests make themselves routers alone.
    /// </summary>
    public static async ValueTask<bool> HasAddressesAsync(this Tx tx, SubnetId subnet, bool auto) =>
        await tx.ScalarAsync<long>(
            $"""
            SELECT COUNT(*) FROM ip_allocations a JOIN ports p ON p.id = a.port_id
            WHERE a.subnet_id = @subnet AND p.deleted_at IS NULL
                AND p.device_owner {(auto ? "= 'network:router_interface'" : "<> 'network:dhcp'")}
            """,
            new { subnet }
        ) > 0;

    /// <summary>Ports with addresses of a subnet, those excepted that wait for their host to let go.</summary>
    public static ValueTask<IReadOnlyList<PortId>> ListAddressedAsync(this Tx tx, SubnetId subnet) =>
        tx.ListAsync<PortId>(
            """
            SELECT DISTINCT a.port_id FROM ip_allocations a JOIN ports p ON p.id = a.port_id
            WHERE a.subnet_id = @subnet AND p.deleted_at IS NULL ORDER BY a.port_id
            """,
            new { subnet }
        );

    /// <summary>The addresses of the same ports.</summary>
    public static async ValueTask DeleteLiveAllocationsAsync(this Tx tx, SubnetId subnet) =>
        await tx.ExecuteAsync(
            """
            DELETE FROM ip_allocations WHERE subnet_id = @subnet
                AND port_id IN (SELECT id FROM ports WHERE deleted_at IS NULL)
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

    /// <summary>As it is stored.</summary>
    public string Address { get; init; } = "";

    /// <summary>As it is shown.</summary>
    public string Ip { get; init; } = "";
    public SubnetId SubnetId { get; init; }
    public PortId PortId { get; init; }
    public int Position { get; init; }

    public IpAddress Given => IpAddress.OfStored(Address);

    /// <summary>4 or 6.</summary>
    public int Version => Address[0] - '0';

    public AllocationRow At(IpAddress address) => this with { Address = address.Stored, Ip = address.ToString() };
}

internal sealed record PoolRow
{
    public SubnetId SubnetId { get; init; }
    public string FirstAddress { get; init; } = "";
    public string LastAddress { get; init; } = "";

    public AddressRange Range => AddressRange.Of(IpAddress.OfStored(FirstAddress), IpAddress.OfStored(LastAddress));
}

internal sealed record RangeRow
{
    public string FirstAddress { get; init; } = "";
    public string LastAddress { get; init; } = "";

    public AddressRange Range => AddressRange.Of(IpAddress.OfStored(FirstAddress), IpAddress.OfStored(LastAddress));
}
