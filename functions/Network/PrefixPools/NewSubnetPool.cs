using Pipeline.Network.Ipam;
using Pipeline.Network.Wire;

namespace Pipeline.Network.PrefixPools;

/// <summary>A pool as it is asked for or changed to: checked by Neutron's rules and in Neutron's words. Pure.</summary>
internal static class NewSubnetPool
{
    /// <returns>The row, without an id yet.</returns>
    public static SubnetPoolRow Read(Fields item, Caller caller)
    {
        var prefixes = PrefixesOf(item.Required("prefixes"));
        var version = prefixes[0].Version;
        var smallest = version == 4 ? 8 : 64;
        var row = new SubnetPoolRow
        {
            ProjectId = item.ProjectOf(caller),
            Name = item.Required("name").String(1, 255),
            IpVersion = version,
            MinPrefixlen = smallest,
            MaxPrefixlen = IpAddress.BitsOf(version),
        }.With(prefixes);
        return Fill(row with { DefaultPrefixlen = LengthOf(item, "min_prefixlen", smallest) }, item);
    }

    /// <summary>What the body names changes, the rest stays; prefixes are added, never taken away.</summary>
    public static SubnetPoolRow Update(SubnetPoolRow before, Fields item)
    {
        var row = item.Has("name") ? before with { Name = item["name"].String(1, 255) } : before;
        if (item.Optional("prefixes") is not { } field)
            return Fill(row, item);
        var prefixes = PrefixesOf(field);
        CheckFamily(before.IpVersion, prefixes);
        return before.Ranges.All(old => PrefixSet.Covers(prefixes, old))
            ? Fill(row.With(prefixes), item)
            : throw IllegalPrefixes("Existing prefixes must be a subset of the new prefixes");
    }

    /// <exception cref="Fault">BadRequest for what is no prefix, for none, or for both families.</exception>
    public static IReadOnlyList<Cidr> PrefixesOf(Field field)
    {
        var texts = field.Array().Select(f => f.String()).ToList();
        if (texts.Count == 0)
            throw NeutronFault.Bad("EmptySubnetPoolPrefixList", "Empty subnet pool prefix list.");
        var prefixes = texts.Select(PrefixOf).ToList();
        CheckFamily(prefixes[0].Version, prefixes);
        return prefixes;
    }

    public static void CheckFamily(int version, IEnumerable<Cidr> prefixes)
    {
        if (prefixes.Any(p => p.Version != version))
            throw NeutronFault.Bad("PrefixVersionMismatch", "Cannot mix IPv4 and IPv6 prefixes in a subnet pool.");
    }

    public static Cidr PrefixOf(string text)
    {
        return Cidr.TryParse(text, out var cidr)
            ? cidr
            : throw NeutronFault.Invalid("prefixes", $"'{text}' is not a valid IP subnet.");
    }

    public static Fault IllegalPrefixes(string why) =>
        NeutronFault.Bad("IllegalSubnetPoolPrefixUpdate", $"Illegal update to prefixes: {why}.");

    private static SubnetPoolRow Fill(SubnetPoolRow row, Fields item)
    {
        var filled = row with
        {
            Description = item.Text("description", row.Description),
            MinPrefixlen = LengthOf(item, "min_prefixlen", row.MinPrefixlen),
            MaxPrefixlen = LengthOf(item, "max_prefixlen", row.MaxPrefixlen),
            DefaultPrefixlen = LengthOf(item, "default_prefixlen", row.DefaultPrefixlen),
            DefaultQuota = item.Has("default_quota")
                ? item.Nullable("default_quota")?.Long(0, 1L << 32, text: true)
                : row.DefaultQuota,
            IsDefault = item.Flag("is_default", row.IsDefault),
            AddressScopeId = item.Has("address_scope_id")
                ? item.Nullable("address_scope_id")?.Id<AddressScopeId>()
                : row.AddressScopeId,
        };
        CheckBounds(filled);
        return filled;
    }

    private static int LengthOf(Fields item, string name, int absent) =>
        item.Nullable(name)?.Int(0, 128, text: true) ?? absent;

    private static void CheckBounds(SubnetPoolRow pool)
    {
        if (IpAddress.BitsOf(pool.IpVersion) is var largest && pool.MaxPrefixlen > largest)
            throw Bounds("max_prefixlen", pool.MaxPrefixlen, "ip_version_max", largest);
        if (pool.MinPrefixlen > pool.MaxPrefixlen)
            throw Bounds("min_prefixlen", pool.MinPrefixlen, "max_prefixlen", pool.MaxPrefixlen);
        if (pool.DefaultPrefixlen < pool.MinPrefixlen)
            throw Bounds("default_prefixlen", pool.DefaultPrefixlen, "min_prefixlen", pool.MinPrefixlen);
        if (pool.DefaultPrefixlen > pool.MaxPrefixlen)
            throw Bounds("default_prefixlen", pool.DefaultPrefixlen, "max_prefixlen", pool.MaxPrefixlen);
    }

    private static Fault Bounds(string name, int value, string other, int bound) =>
        NeutronFault.Bad("IllegalSubnetPoolPrefixBounds", $"Illegal prefix bounds: {name}={value}, {other}={bound}.");
}
