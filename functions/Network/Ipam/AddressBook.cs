using Pipeline.Data;

namespace Pipeline.Network.Ipam;

/// <summary>Gives addresses to ports and takes them back, keeping the free ranges true.</summary>
internal static class AddressBook
{
    /// <summary>The next free address of the subnet's pools, given to the port.</summary>
    /// <returns>False when the pools are empty.</returns>
    public static async ValueTask<bool> TryTakeNextAsync(this Tx tx, AllocationRow place)
    {
        if (await tx.FindFreeAsync(place.SubnetId) is not (var range, var address))
            return false;
        await tx.TakeFromAsync(place.SubnetId, range, address);
        await tx.SetNextAsync(place.SubnetId, address + 1);
        return await tx.AddAllocationAsync(place with { Address = address, Ip = Ipv4.Text(address) });
    }

    /// <summary>One address, inside the pools or beside them, given to the port.</summary>
    /// <returns>False when it is taken.</returns>
    public static async ValueTask<bool> TryTakeAsync(this Tx tx, AllocationRow place)
    {
        if (!await tx.AddAllocationAsync(place with { Ip = Ipv4.Text(place.Address) }))
            return false;
        if (await tx.FindRangeAsync(place.SubnetId, place.Address) is { } range && range.Contains(place.Address))
            await tx.TakeFromAsync(place.SubnetId, range, place.Address);
        return true;
    }

    /// <summary>Gives an address back to the pool that holds it now; its subnet may have gone, another may have come.</summary>
    public static async ValueTask GiveBackAsync(this Tx tx, AllocationRow held)
    {
        await tx.DeleteAllocationAsync(held.NetworkId, held.Address);
        if (await tx.FindPoolAsync(held.NetworkId, held.Address) is not { } pool)
            return;
        var free = AddressRange.Of(held.Address, held.Address);
        var before = await tx.FindRangeAsync(pool.SubnetId, held.Address - 1);
        if (before?.LastAddress == held.Address - 1 && before.FirstAddress >= pool.FirstAddress)
            free = await tx.JoinAsync(pool.SubnetId, before, free with { FirstAddress = before.FirstAddress });
        var after = await tx.FindRangeAsync(pool.SubnetId, held.Address + 1);
        if (after?.FirstAddress == held.Address + 1 && after.LastAddress <= pool.LastAddress)
            free = await tx.JoinAsync(pool.SubnetId, after, free with { LastAddress = after.LastAddress });
        await tx.AddRangeAsync(pool.SubnetId, free);
    }

    /// <summary>Works the free ranges out anew: the pools without what is taken.</summary>
    public static async ValueTask ReplacePoolsAsync(
        this Tx tx,
        NetworkId network,
        SubnetId subnet,
        Cidr cidr,
        IReadOnlyList<AddressRange> pools
    )
    {
        await tx.SetPoolsAsync(subnet, pools);
        await tx.DeleteRangesAsync(subnet);
        var taken = await tx.ListTakenAsync(network, cidr.First, cidr.Last);
        foreach (var range in AddressRange.Free(pools, taken))
            await tx.AddRangeAsync(subnet, range);
    }

    private static async ValueTask TakeFromAsync(this Tx tx, SubnetId subnet, AddressRange range, long address)
    {
        if (address == range.FirstAddress && address < range.LastAddress)
        {
            await tx.ShortenRangeAsync(subnet, range with { FirstAddress = address + 1 });
            return;
        }
        await tx.DeleteRangeAsync(subnet, range);
        foreach (var rest in range.Without(address))
            await tx.AddRangeAsync(subnet, rest);
    }

    private static async ValueTask<AddressRange> JoinAsync(
        this Tx tx,
        SubnetId subnet,
        AddressRange old,
        AddressRange joined
    )
    {
        await tx.DeleteRangeAsync(subnet, old);
        return joined;
    }
}
