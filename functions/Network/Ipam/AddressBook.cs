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
        await tx.SetNextAsync(place.SubnetId, address.Next);
        return await tx.AddAllocationAsync(place.At(address));
    }

    /// <summary>One address, inside the pools or beside them, given to the port.</summary>
    /// <returns>False when it is taken.</returns>
    public static async ValueTask<bool> TryTakeAsync(this Tx tx, AllocationRow place, IpAddress address)
    {
        if (!await tx.AddAllocationAsync(place.At(address)))
            return false;
        if (await tx.FindRangeAsync(place.SubnetId, address) is { } range && range.Contains(address))
            await tx.TakeFromAsync(place.SubnetId, range, address);
        return true;
    }

    /// <summary>Gives an address back to the pool that holds it now; its subnet may have gone, another may have come.</summary>
    public static async ValueTask GiveBackAsync(this Tx tx, AllocationRow held)
    {
        var address = held.Given;
        await tx.DeleteAllocationAsync(held);
        if (await tx.FindPoolAsync(held.NetworkId, address) is not { } pool)
            return;
        var free = AddressRange.Of(address, address);
        var before = await tx.FindRangeAsync(pool.SubnetId, address.Previous);
        if (before?.LastAddress == address.Previous && before.FirstAddress >= pool.Range.FirstAddress)
            free = await tx.JoinAsync(pool.SubnetId, before, free with { FirstAddress = before.FirstAddress });
        var after = await tx.FindRangeAsync(pool.SubnetId, address.Next);
        if (after?.FirstAddress == address.Next && after.LastAddress <= pool.Range.LastAddress)
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
        var taken = await tx.ListTakenAsync(network, cidr);
        foreach (var range in AddressRange.Free(pools, taken))
            await tx.AddRangeAsync(subnet, range);
    }

    private static async ValueTask TakeFromAsync(this Tx tx, SubnetId subnet, AddressRange range, IpAddress address)
    {
        if (address == range.FirstAddress && address < range.LastAddress)
        {
            await tx.ShortenRangeAsync(subnet, range with { FirstAddress = address.Next });
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
