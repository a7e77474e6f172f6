namespace Pipeline.Services.Tests.Network.Ports;

/// <summary>Pages of a project's ports and of others' on its networks, which are read part by part.</summary>
public sealed class PortPagesTests
{
    private const string Others = "ports";

    [Theory]
    [InlineData("")]
    [InlineData("&sort_key=name&sort_dir=desc")]
    [InlineData("&network_id={network}&fields=id")]
    public void Pages_have_each_port_once_whoever_has_it_on_ones_network(string query) =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var ids = new List<string>();
            foreach (var owner in new[] { NetworkWorld.Project, NetworkWorld.Other, new string('0', 31) + "1" })
                for (var i = 0; i < 3; i++)
                    ids.Add(await PortAsync(world, network, owner));
            var foreign = await world.NetworkAsync(token: "other");
            await world.PortAsync(foreign, token: "other"); // nobody's business here
            var path = $"/ports?limit=2{query.Replace("{network}", network, StringComparison.Ordinal)}";
            var whole = (await world.GetAsync(path.Replace("limit=2", "limit=0", StringComparison.Ordinal))).All(
                Others,
                "id"
            );
            Assert.Equal(ids.Order(), whole.Order());
            var forward = await WalkAsync(world, path, reverse: false);
            Assert.Equal(whole, forward);
            var back = await WalkAsync(world, path, reverse: true);
            Assert.Equal(whole, back);
        });

    private static async Task<string> PortAsync(NetworkWorld world, string network, string owner)
    {
        var body = NetworkWorld.PortBody(network, NetworkWorld.Pair("project_id", owner));
        return (await world.PostAsync("/ports", body, "admin")).Id("port");
    }

    /// <summary>All of a list, two at a time; backwards from its end.</summary>
    private static async Task<List<string>> WalkAsync(NetworkWorld world, string path, bool reverse)
    {
        var seen = new List<string>();
        while (true)
        {
            var from = seen.Count == 0 ? "" : $"&marker={(reverse ? seen[0] : seen[^1])}";
            var page = await world.GetAsync($"{path}{from}{(reverse ? "&page_reverse=True" : "")}");
            Assert.Equal(200, page.Status);
            var ids = page.All(Others, "id");
            if (ids.Count == 0)
                return seen;
            seen.InsertRange(reverse ? 0 : seen.Count, ids);
            Assert.True(seen.Count <= 20, "the pages have no end");
        }
    }
}
