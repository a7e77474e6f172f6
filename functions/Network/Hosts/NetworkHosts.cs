using System.Net;
using System.Net.Sockets;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Network.Agents;
using Pipeline.Network.Routers;

namespace Pipeline.Network.Hosts;

/// <summary>Keeps what matters of hosts to networks. A host that reports may have begun anew: its routers are told again. One with a new underlay address is told to those it shares a network with.</summary>
internal sealed class NetworkHosts(
    HostRefreshes refreshes,
    RouterRefreshes routers,
    NetworkOptions options,
    Randomness randomness
) : IHostReports
{
    public async ValueTask HeardAsync(Tx tx, HostReport report)
    {
        var known = await tx.FindNetworkHostAsync(report.Host);
        var facts = report.Inventory.Facts;
        var driver = facts.GetValueOrDefault(HostFactNames.NetworkDriver, NetworkHostRow.FirstDriver);
        var row = new NetworkHostRow
        {
            HostId = report.Host,
            Name = report.Name,
            Underlay = UnderlayOf(facts),
            Routes = HostFactNames.Takes(facts, HostFactNames.Network),
            Driver = driver,
            Segments = facts.GetValueOrDefault($"{driver}{HostFactNames.Segments}", ""),
            Trunks = facts.GetValueOrDefault($"{driver}{HostFactNames.Trunks}", ""),
            Zone = facts.GetValueOrDefault(HostFactNames.Zone, options.AvailabilityZone),
        };
        await tx.SetAgentsAsync(row, randomness);
        await routers.HostBegunAsync(tx, report.Host);
        if (row != known)
            await tx.SaveNetworkHostAsync(row);
        await refreshes.NamesWantedAsync(tx, report.Host, await tx.ListGuestNetworksAsync(report.Host));
        if (row.Underlay == (known?.Underlay ?? ""))
            return;
        foreach (var network in await tx.ListTunnelledOnAsync(report.Host))
            await refreshes.PlacesChangedAsync(tx, network);
    }

    /// <summary>Only an address becomes part of what other hosts are told.</summary>
    private static string UnderlayOf(IReadOnlyDictionary<string, string> facts) =>
        facts.TryGetValue(HostFactNames.Underlay, out var text)
        && IPAddress.TryParse(text, out var address)
        && address.AddressFamily == AddressFamily.InterNetwork
            ? address.ToString()
            : "";
}
