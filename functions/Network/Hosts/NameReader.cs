using Pipeline.Contracts.Drivers;
using Pipeline.Data;
using Pipeline.Network.Ipam;
using Pipeline.Network.Ports;

namespace Pipeline.Network.Hosts;

/// <summary>Reads what a host is to be told of names: as they are now, whatever became of them since the news came.</summary>
internal static class NameReader
{
    /// <returns>Null for nothing.</returns>
    public static async ValueTask<IReadOnlyList<HostNames>?> ReadNamesAsync(this Tx tx, HostId host, long done)
    {
        var news = await tx.ListNameNewsAsync(host, done);
        if (news.Count == 0)
            return null;
        var whole = news.Where(n => n.IsOfAll).Select(n => n.NetworkId).ToHashSet();
        var single = news.Where(n => !whole.Contains(n.NetworkId)).ToList();
        List<PortRow> named =
        [
            .. await tx.ListNamedOnAsync(whole),
            .. await tx.ListNamedAsync(single.Select(n => n.PortId)),
        ];
        var addresses = (await tx.ListAllocationsAsync(named.Select(p => p.Id.ToString()))).ToLookup(a => a.PortId);
        var names = named.ToLookup(p => p.NetworkId, p => Name(p, [.. addresses[p.Id].Select(a => a.Ip)]));
        return [.. news.GroupBy(n => n.NetworkId).Select(n => Told(n.Key, n, names[n.Key]))];
    }

    /// <summary>Of a port that has no name any more, this is said. Pure.</summary>
    private static HostNames Told(NetworkId network, IEnumerable<NameNewsRow> news, IEnumerable<HostName> names)
    {
        var known = names.Where(n => n.Addresses.Count > 0).ToList();
        if (news.Any(n => n.IsOfAll))
            return new(network, All: true, known);
        var gone = news.Select(n => new PortId(Guid.Parse(n.PortId))).Except(known.Select(n => n.Port));
        return new(network, All: false, [.. known, .. gone.Select(port => new HostName(port, null, []))]);
    }

    private static HostName Name(PortRow port, IReadOnlyList<string> addresses) =>
        new(port.Id, DnsNames.Of(port, addresses.Count > 0 ? addresses[0] : null), addresses);
}
