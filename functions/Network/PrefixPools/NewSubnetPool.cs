using Pipeline.Network.Ipam;
using Pipeline.Network.Wire;

namespace Pipeline.Network.PrefixPools;

/// <summary>A pool as it is asked for or changed to: checked by Neutron's rules and in Neutron's words. Pure.</summary>
internal static class NewSubnetPool
{
    private const int SmallestLength = 8;
    private const int LargestLength = 32;

    /// <returns>The row, without an id yet.</returns>
    public static SubnetPoolRow Read(Fields item, Caller caller)
    {
        var row = new SubnetPoolRow
        {
            ProjectId = item.ProjectOf(caller),
            Name = item.Required("name").String(1, 255),
            IpVersion = 4,
            MinPrefixlen = SmallestLength,
            MaxPrefixlen = LargestLength,
        }.With(PrefixesOf(item.Required("prefixes")));
        return Fill(row with { DefaultPrefixlen = LengthOf(item, "min_prefixlen", SmallestLength) }, item);
    }

    /// <summary>What the body names changes, the rest stays; prefixes are added, never taken away.</summary>
    public static SubnetPoolRow Update(SubnetPoolRow before, Fields item)
    {
        var row = item.Has("name") ? before with { Name = item["name"].String(1, 255) } : before;
        if (item.Optional("prefixes") is not { } field)
            return Fill(row, item);
        var prefixes = PrefixesOf(field);
        return before.Ranges.All(old => PrefixSet.Covers(prefixes, old))
            ? Fill(row.With(prefixes), item)
            : throw IllegalPrefixes("Existing prefixes must be a subset of the new prefixes");
    }

    /// <exception cref="Fault">BadRequest for what is no IPv4 prefix, or for none.</exception>
    public static IReadOnlyList<Cidr> PrefixesOf(Field field)
    {
        var texts = field.Array().Select(f => f.String()).ToList();
        if (texts.Count == 0)
            throw NeutronFault.Bad("EmptySubnetPoolPrefixList", "Empty subnet pool prefix list.");
        return [.. texts.Select(PrefixOf)];
    }

    public static Cidr PrefixOf(string text)
    {
        if (text.Contains(':'))
            throw NeutronFault.InvalidInput("IPv6 subnets are not available in this cloud, prefixes must be of IPv4.");
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
        if (pool.MaxPrefixlen > LargestLength)
            throw Bounds("max_prefixlen", pool.MaxPrefixlen, "ip_version_max", LargestLength);
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
