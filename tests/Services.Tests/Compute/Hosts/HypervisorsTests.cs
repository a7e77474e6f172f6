using System.Text.Json;
using Pipeline.Testing.Clouds;

namespace Pipeline.Services.Tests.Compute.Hosts;

public sealed class HypervisorsTests
{
    private const string Hypervisors = "/compute/v2.1/os-hypervisors";

    [Fact]
    public void An_operator_sees_each_host_with_what_it_has_and_holds() =>
        StandingServer.Run(
            async (cloud, _) =>
            {
                var all = (await cloud.GetAsync($"{Hypervisors}/detail", cloud.Admin)).Must(200);
                var hosts = all.Json.GetProperty("hypervisors").EnumerateArray().ToList();
                Assert.Equal(cloud.Hosts.Count, hosts.Count);
                var home = Assert.Single(hosts, h => h.GetProperty("running_vms").GetInt32() == 1);
                Assert.Equal("up", home.GetProperty("state").GetString());
                Assert.Equal(1, home.GetProperty("vcpus_used").GetInt32());
                Assert.Equal(1, home.GetProperty("local_gb_used").GetInt32());
                var (memory, free) = (home.GetProperty("memory_mb"), home.GetProperty("free_ram_mb"));
                Assert.Equal(memory.GetInt32(), free.GetInt32() + home.GetProperty("memory_mb_used").GetInt32());
                Assert.InRange(home.GetProperty("id").GetInt32(), 0, int.MaxValue);
                var shown = await cloud.GetAsync($"{Hypervisors}/{home.GetProperty("id")}", cloud.Admin);
                Assert.Equal(home.GetRawText(), shown.Must(200).Json.GetProperty("hypervisor").GetRawText());
                var uptime = await cloud.GetAsync($"{Hypervisors}/{home.GetProperty("id")}/uptime", cloud.Admin);
                Assert.Matches(@" \d\d:\d\d:\d\d up \d+ days, \d+:\d\d", uptime.Must(200).Text("hypervisor", "uptime"));
                var sum = (await cloud.GetAsync($"{Hypervisors}/statistics", cloud.Admin)).Must(200);
                Assert.Equal("1", sum.Text("hypervisor_statistics", "running_vms"));
                Assert.Equal($"{hosts.Count}", sum.Text("hypervisor_statistics", "count"));
            }
        );

    [Fact]
    public void A_host_is_found_by_part_of_its_name_with_its_servers() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var found = (await cloud.GetAsync($"{Hypervisors}/host/servers", cloud.Admin)).Must(200);
                var servers = found
                    .Json.GetProperty("hypervisors")
                    .EnumerateArray()
                    .SelectMany(h => h.TryGetProperty("servers", out var s) ? s.EnumerateArray().ToList() : []);
                Assert.EndsWith(
                    Assert.Single(servers).GetProperty("uuid").GetString()!,
                    server,
                    StringComparison.Ordinal
                );
                (await cloud.GetAsync($"{Hypervisors}/host/search", cloud.Admin)).Must(200);
                (await cloud.GetAsync($"{Hypervisors}/nothing/search", cloud.Admin)).Must(404);
                (await cloud.GetAsync($"{Hypervisors}/nothing", cloud.Admin)).Must(404);
            }
        );

    [Fact]
    public void Services_are_the_hosts_agents() =>
        StandingServer.Run(
            async (cloud, _) =>
            {
                var all = await ServicesAsync(cloud, "");
                Assert.Equal(cloud.Hosts.Count, all.Count);
                Assert.All(all, s => Assert.Equal("nova-compute", s.GetProperty("binary").GetString()));
                var name = all[0].GetProperty("host").GetString();
                Assert.Single(await ServicesAsync(cloud, $"?host={name}&binary=nova-compute"));
                Assert.Empty(await ServicesAsync(cloud, "?binary=nova-conductor"));
                Assert.Empty(await ServicesAsync(cloud, "?host=nowhere"));
            }
        );

    [Fact]
    public void Hosts_are_operators_to_see() =>
        TestCloud.Run(async cloud =>
        {
            string[] paths =
            [
                "os-services",
                "os-aggregates",
                "os-hypervisors",
                "os-hypervisors/detail",
                "os-hypervisors/statistics",
            ];
            foreach (var path in paths)
                (await cloud.GetAsync($"/compute/v2.1/{path}", cloud.Demo)).Must(403);
        });

    private static async Task<List<JsonElement>> ServicesAsync(TestCloud cloud, string query) =>
        [
            .. (await cloud.GetAsync($"/compute/v2.1/os-services{query}", cloud.Admin))
                .Must(200)
                .Json.GetProperty("services")
                .EnumerateArray(),
        ];
}
