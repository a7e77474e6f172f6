using Pipeline.Contracts.Drivers;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>A port of an outer address leads to a guest, from the call to the host that routes, and goes with what it led to.</summary>
public sealed class A_port_is_forwarded
{
    private const string Network = "/network/v2.0";

    [Fact]
    public void From_the_call_to_the_routers_host_and_back() =>
        TestCloud.Run(async cloud =>
        {
            var (floating, port) = await LeadOutAsync(cloud);
            var path = $"{Network}/floatingips/{floating}/port_forwardings";
            var made = (await ForwardAsync(cloud, floating, port, 2201)).Must(201).Text("port_forwarding", "id");
            await cloud.IdleAsync();
            var told = Assert.Single(Forwarded(cloud));
            Assert.Equal((2201, 22, "tcp"), (told.Port, told.FixedPort, told.Protocol));
            Assert.Equal("ACTIVE", await StatusAsync(cloud, floating));
            (await cloud.DeleteAsync($"{path}/{made}", cloud.Demo)).Must(204);
            await cloud.IdleAsync();
            Assert.Empty(Forwarded(cloud));
            Assert.Equal("DOWN", await StatusAsync(cloud, floating));
        });

    public static TheoryData<Where, string> Places =>
        new()
        {
            { Where.BeforeStep, "PlaceRouter" },
            { Where.AfterStep, "PlaceRouter" },
            { Where.BeforeDriver, "EnsureRouter" },
            { Where.AfterDriver, "EnsureRouter" },
            { Where.BeforeAnswer, "EnsureRouter" },
            { Where.BeforeStep, "AcknowledgeRouter" },
            { Where.AfterStep, "AcknowledgeRouter" },
        };

    [Theory, MemberData(nameof(Places))]
    public void A_port_that_is_deleted_meanwhile_is_not_led_to_in_the_end(Where where, string name) =>
        TestCloud.Run(async cloud =>
        {
            var (floating, port) = await LeadOutAsync(cloud);
            cloud.Faults.Begin();
            cloud.Faults.Do(
                new(where, name, 1),
                async () => (await cloud.DeleteAsync($"{Network}/ports/{port}", cloud.Demo)).Must(204)
            );
            (await ForwardAsync(cloud, floating, port, 2201)).Must(201);
            await cloud.IdleAsync();
            Assert.Empty(cloud.Faults.Missed);
            Assert.Empty(Forwarded(cloud));
            Assert.Equal("DOWN", await StatusAsync(cloud, floating));
            Assert.Equal(0, await CountAsync(cloud, "port_forwardings"));
            Assert.Equal(0, await CountAsync(cloud, "routers WHERE done <> wanted"));
        });

    [Theory, MemberData(nameof(Places))]
    public void A_process_that_dies_on_the_way_is_not_missed(Where where, string name) =>
        TestCloud.Run(
            async cloud =>
            {
                var (floating, port) = await LeadOutAsync(cloud);
                cloud.Faults.Begin();
                cloud.Faults.Kill(new(where, name, 1));
                (await ForwardAsync(cloud, floating, port, 2201)).Must(201);
                await cloud.UntilAsync(
                    async () => await CountAsync(cloud, "routers WHERE done <> wanted") == 0,
                    "the router's host has confirmed"
                );
                Assert.Empty(cloud.Faults.Missed);
                Assert.Single(Forwarded(cloud));
                Assert.Equal("ACTIVE", await StatusAsync(cloud, floating));
            },
            options: new(FunctionsHosts: 2)
        );

    [Fact]
    public void Many_changes_at_once_end_where_the_records_say() =>
        TestCloud.Run(async cloud =>
        {
            var (floating, port) = await LeadOutAsync(cloud);
            var asked = Enumerable.Range(1, 6).Select(n => ForwardAsync(cloud, floating, port, 2200 + n, 20 + n));
            var answers = await Task.WhenAll(asked);
            Assert.All(answers, answer => answer.Must(201));
            foreach (var answer in answers.Take(3))
            {
                var path = $"{Network}/floatingips/{floating}/port_forwardings/{answer.Text("port_forwarding", "id")}";
                (await cloud.DeleteAsync(path, cloud.Demo)).Must(204);
            }
            await cloud.IdleAsync();
            Assert.Equal(["2204", "2205", "2206"], Forwarded(cloud).Select(f => $"{f.Port}").Order());
            Assert.Equal(0, await CountAsync(cloud, "routers WHERE done <> wanted"));
        });

    private static IEnumerable<HostForwarding> Forwarded(TestCloud cloud) =>
        cloud.Hosts.SelectMany(host => host.Metal.Routers.Values).SelectMany(router => router.Forwardings ?? []);

    private static Task<long> CountAsync(TestCloud cloud, string from) =>
        cloud.Store.ReadAsync(async tx => await tx.ScalarAsync<long>($"SELECT COUNT(*) FROM {from}"));

    private static async Task<string> StatusAsync(TestCloud cloud, string floating) =>
        (await cloud.GetAsync($"{Network}/floatingips/{floating}", cloud.Demo)).Must(200).Text("floatingip", "status");

    private static async Task<CloudAnswer> ForwardAsync(
        TestCloud cloud,
        string floating,
        string port,
        int number,
        int inner = 22
    )
    {
        var shown = (await cloud.GetAsync($"{Network}/ports/{port}", cloud.Demo)).Must(200).Json.GetProperty("port");
        var address = shown.GetProperty("fixed_ips")[0].GetProperty("ip_address").GetString();
        var body = $$$"""
            {"port_forwarding": {"internal_port_id": "{{{port}}}", "internal_ip_address": "{{{address}}}", "protocol": "tcp",
             "external_port": {{{number}}}, "internal_port": {{{inner}}}} }
            """;
        return await cloud.PostAsync($"{Network}/floatingips/{floating}/port_forwardings", body, cloud.Demo);
    }

    /// <summary>An outer address, and a port behind the router that leads there; the host has the router.</summary>
    private static async Task<(string Floating, string Port)> LeadOutAsync(TestCloud cloud)
    {
        await cloud.FurnishAsync();
        const string outside = """{"network": {"name": "outside", "router:external": true}}""";
        var external = await MakeAsync(cloud, "networks", outside, cloud.Admin);
        var range = $$$"""{"subnet": {"network_id": "{{{external}}}", "ip_version": 4, "cidr": "203.0.113.0/24"} }""";
        await MakeAsync(cloud, "subnets", range, cloud.Admin);
        var gateway = $$$"""{"router": {"name": "r", "external_gateway_info": {"network_id": "{{{external}}}"} } }""";
        var router = await MakeAsync(cloud, "routers", gateway, cloud.Demo);
        var inside = (await cloud.GetAsync($"{Network}/subnets?network_id={cloud.Network}", cloud.Demo))
            .Must(200)
            .Json.GetProperty("subnets")[0]
            .GetProperty("id")
            .GetString();
        var leg = $$$"""{"subnet_id": "{{{inside}}}"}""";
        (await cloud.PutAsync($"{Network}/routers/{router}/add_router_interface", leg, cloud.Demo)).Must(200);
        var port = await MakeAsync(
            cloud,
            "ports",
            $$$"""{"port": {"network_id": "{{{cloud.Network}}}"} }""",
            cloud.Demo
        );
        var address = $$$"""{"floatingip": {"floating_network_id": "{{{external}}}"} }""";
        var floating = await MakeAsync(cloud, "floatingips", address, cloud.Demo);
        await cloud.IdleAsync();
        return (floating, port);
    }

    private static async Task<string> MakeAsync(TestCloud cloud, string many, string body, CloudUser by) =>
        (await cloud.PostAsync($"{Network}/{many}", body, by)).Must(201).Text(many[..^1], "id");
}
