using Pipeline.Contracts.Hosts;
using Pipeline.Contracts.Network;
using Pipeline.Network.Hosts;

namespace Pipeline.Services.Tests.Network.Trunks;

/// <summary>Trunks as tests make them.</summary>
internal static class TrunkWorld
{
    public static string Body(string parent, params string[] subports) =>
        NetworkWorld.Item(
            "trunk",
            NetworkWorld.Pair("port_id", parent),
            $"\"sub_ports\":[{string.Join(',', subports)}]"
        );

    public static string Sub(string port, int vlan, string type = "vlan") =>
        $$"""{"port_id":"{{port}}","segmentation_type":"{{type}}","segmentation_id":{{vlan}}}""";

    public static string Subs(params string[] subports) => $$"""{"sub_ports":[{{string.Join(',', subports)}}]}""";

    public static async Task<string> TrunkAsync(this NetworkWorld world, string parent, params string[] subports) =>
        (await world.PostAsync("/trunks", Body(parent, subports))).Id("trunk");

    public static Task<Seen> AddAsync(this NetworkWorld world, string trunk, params string[] subports) =>
        world.PutAsync($"/trunks/{trunk}/add_subports", Subs(subports));

    public static Task<Seen> RemoveAsync(this NetworkWorld world, string trunk, params string[] ports) =>
        world.PutAsync($"/trunks/{trunk}/remove_subports", Subs([.. ports.Select(p => $$"""{"port_id":"{{p}}"}""")]));

    public static async Task<string> StatusAsync(this NetworkWorld world, string trunk) =>
        (await world.GetAsync($"/trunks/{trunk}")).Text("trunk", "status");

    public static async Task<string> PortStatusAsync(this NetworkWorld world, string port) =>
        (await world.GetAsync($"/ports/{port}")).Text("port", "status");

    /// <summary>A network with a subnet, and a port there.</summary>
    public static async Task<(string Network, string Port)> PortOnNewAsync(this NetworkWorld world, string cidr)
    {
        var network = await world.NetworkAsync();
        await world.SubnetAsync(network, cidr);
        return (network, await world.PortAsync(network));
    }

    /// <summary>A host says whether its driver can carry trunks.</summary>
    public static Task CarriesAsync(this NetworkWorld world, HostId host, string trunks = HostFactNames.Carried)
    {
        var facts = new Dictionary<string, string>
        {
            [HostFactNames.NetworkDriver] = NetworkHostRow.FirstDriver,
            [$"{NetworkHostRow.FirstDriver}{HostFactNames.Trunks}"] = trunks,
        };
        var report = new HostReport(host, "metal-1", new(8, 8192, 100, "qemu", facts));
        return world.Db.WriteAsync(tx => world.Get<IHostReports>().HeardAsync(tx, report));
    }

    /// <summary>What hosts are to make of ports that guests get while they run.</summary>
    public static IReadOnlyList<string> Added(this IEnumerable<RefreshPorts> orders) =>
        [.. orders.SelectMany(o => o.Added?.Ports ?? []).Select(p => $"{p.Id}")];
}
