using Pipeline.BlockStorage;
using Pipeline.Services.Tests.Compute;

namespace Pipeline.Services.Tests.BlockStorage.Versions;

/// <summary>From the oldest to the newest: each answer has what its version says, and nothing that a later one brought.</summary>
public sealed class MicroversionTests
{
    private const string Admin = VolumeCalls.Admin;

    /// <summary>Since which minor version an attribute is shown, by the path that shows it.</summary>
    private static readonly (string Path, string Collection, string Attribute, int Since)[] Attributes =
    [
        ("/volumes/detail?all_tenants=1", "volumes", "group_id", 13),
        ("/volumes/detail?all_tenants=1", "volumes", "provider_id", 21),
        ("/volumes/detail?all_tenants=1", "volumes", "shared_targets", 48),
        ("/volumes/detail?all_tenants=1", "volumes", "service_uuid", 48),
        ("/volumes/detail?all_tenants=1", "volumes", "cluster_name", 61),
        ("/volumes/detail?all_tenants=1", "volumes", "volume_type_id", 63),
        ("/volumes/detail?all_tenants=1", "volumes", "consumes_quota", 65),
        ("/snapshots/detail?all_tenants=1", "snapshots", "consumes_quota", 65),
        ("/snapshots/detail?all_tenants=1", "snapshots", "group_snapshot_id", 14),
        ("/snapshots/detail?all_tenants=1", "snapshots", "user_id", 41),
        ("/os-services?binary=cinder-volume", "services", "cluster", 7),
        ("/os-services?binary=cinder-volume", "services", "backend_state", 49),
    ];

    [Fact]
    public void Each_attribute_is_shown_from_its_version_on() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            await world.MakeSnapshotAsync(await world.MakeVolumeAsync());
            for (var minor = 0; minor <= VolumeVersions.Table.Maximum.Minor; minor++)
                foreach (var (path, collection, attribute, since) in Attributes)
                {
                    var reply = await world.VolumeAsync("GET", path, null, Admin, $"3.{minor}");
                    Assert.Equal($"volume 3.{minor}", reply.Headers["OpenStack-API-Version"]);
                    var shown = reply.Json.GetProperty(collection)[0].TryGetProperty(attribute, out _);
                    Assert.Equal($"{attribute} 3.{minor} {minor >= since}", $"{attribute} 3.{minor} {shown}");
                }
            var over = $"3.{VolumeVersions.Table.Maximum.Minor + 1}";
            Assert.Equal(406, (await world.VolumeAsync("GET", "/volumes", null, Admin, over)).Status);
        });

    [Fact]
    public void What_is_made_and_changed_is_shown_alike() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var path = $"/volumes/{await world.MakeVolumeAsync()}";
            for (var minor = 0; minor <= VolumeVersions.Table.Maximum.Minor; minor++)
            {
                const string one = """{"volume":{"size":1,"name":"one"}}""";
                var made = await world.VolumeAsync("POST", "/volumes", one, Admin, $"3.{minor}");
                const string other = """{"volume":{"name":"other"}}""";
                var changed = await world.VolumeAsync("PUT", path, other, Admin, $"3.{minor}");
                foreach (var (_, _, attribute, since) in Attributes.Where(a => a.Collection == "volumes"))
                foreach (var reply in (Reply[])[made, changed])
                {
                    var shown = reply.Json.GetProperty("volume").TryGetProperty(attribute, out _);
                    Assert.Equal($"{attribute} 3.{minor} {minor >= since}", $"{attribute} 3.{minor} {shown}");
                }
                await world.SettleAsync();
                await world.VolumeAsync("DELETE", $"/volumes/{made.Text("volume", "id")}", null, Admin);
                await world.SettleAsync();
            }
        });

    [Fact]
    public void Newer_filters_hold_from_their_version_on() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            await world.MakeVolumeAsync("\"size\":1,\"name\":\"web_one\",\"metadata\":{\"a\":\"b\"}");
            await world.PassAsync(TimeSpan.FromHours(1));
            var between = world.Now.ToString("yyyy-MM-dd'T'HH:mm:ss", null);
            await world.PassAsync(TimeSpan.FromHours(1));
            await world.MakeVolumeAsync("\"size\":2,\"name\":\"webtwo\",\"metadata\":{\"a\":\"c\"}");
            (string Query, string Version, string Names)[] cases =
            [
                ("?name~=WEB", "3.33", "webtwo web_one"),
                ("?name~=two", "3.34", "webtwo"),
                ("?name~=b_", "3.34", "web_one"),
                ($"?created_at=lt:{between}", "3.59", "webtwo web_one"),
                ($"?created_at=lt:{between}", "3.60", "web_one"),
                ($"?created_at=gte:{between}", "3.60", "webtwo"),
                ("?group_id=x", "3.9", "webtwo web_one"),
                ("?group_id=x", "3.10", ""),
                ("?consumes_quota=false", "3.64", "webtwo web_one"),
                ("?consumes_quota=false", "3.65", ""),
                ("?glance_metadata=%7B%22x%22%3A%22y%22%7D", "3.3", "webtwo web_one"),
                ("?glance_metadata=%7B%22x%22%3A%22y%22%7D", "3.4", ""),
            ];
            foreach (var (query, version, names) in cases)
            {
                var found = await world.VolumeAsync("GET", $"/volumes{query}", version: version);
                var shown = string.Join(' ', found.All("volumes", "name"));
                Assert.Equal($"{query} {version} {names}", $"{query} {version} {shown}");
            }
            Assert.Equal(400, (await world.VolumeAsync("GET", "/volumes?created_at=soon", version: "3.60")).Status);
            var counted = await world.VolumeAsync("GET", "/volumes?limit=1&with_count=true", version: "3.45");
            Assert.Equal("2", counted.Text("count"));
            Assert.Equal(404, (await world.VolumeAsync("GET", "/volumes/summary", version: "3.11")).Status);
            Assert.Equal(
                """{"volume-summary":{"total_count":2,"total_size":3}}""",
                (await world.VolumeAsync("GET", "/volumes/summary", version: "3.12")).Body
            );
            Assert.Equal(
                """{"volume-summary":{"total_count":2,"total_size":3,"metadata":{"a":["b","c"]}}}""",
                (await world.VolumeAsync("GET", "/volumes/summary", version: "3.36")).Body
            );
        });

    [Fact]
    public void Whoever_changes_metadata_may_say_which_they_have_seen() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var path = $"/volumes/{await world.MakeVolumeAsync("\"size\":1,\"metadata\":{\"a\":\"b\"}")}/metadata";
            Assert.False((await world.VolumeAsync("GET", path, version: "3.14")).Headers.ContainsKey("Etag"));
            var first = (await world.VolumeAsync("GET", path, version: "3.15")).Headers["Etag"].ToString();
            var changed = await world.VolumeAsync("POST", path, """{"metadata":{"c":"d"}}""", version: "3.15");
            Assert.NotEqual(first, changed.Headers["Etag"].ToString());
            Assert.Equal(first.Length, changed.Headers["Etag"].ToString().Length);
        });

    [Fact]
    public void A_snapshot_of_a_volume_in_use_needs_force_of_older_clients_alone() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var volume = await world.MakeVolumeAsync();
            const string attach = """{"os-attach":{"host_name":"client","mountpoint":"/dev/sdb"}}""";
            await world.VolumeAsync("POST", $"/volumes/{volume}/action", attach);
            foreach (
                var (force, version, status) in ((string, string, int)[])
                    [
                        ("", "3.65", 400),
                        (",\"force\":true", "3.65", 202),
                        ("", "3.66", 202),
                        (",\"force\":true", "3.66", 202),
                        (",\"force\":false", "3.66", 400),
                    ]
            )
            {
                var body = $$$"""{"snapshot":{"volume_id":"{{{volume}}}"{{{force}}}}}""";
                var reply = await world.VolumeAsync("POST", "/snapshots", body, version: version);
                Assert.Equal($"{force} {version} {status}", $"{force} {version} {reply.Status}");
            }
        });

    [Fact]
    public void Pools_and_filters_are_asked_for() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            foreach (
                var (query, version, count) in ((string, string, int)[])
                    [
                        ("?online_extend_support=false", "3.27", 1),
                        ("?online_extend_support=false", "3.28", 0),
                        ("?online_extend_support=true", "3.28", 1),
                        ("?volume_type=__DEFAULT__", "3.35", 1),
                    ]
            )
            {
                var pools = await world.VolumeAsync("GET", $"/scheduler-stats/get_pools{query}", null, Admin, version);
                Assert.Equal($"{query} {count}", $"{query} {pools.All("pools", "name").Count}");
            }
            Assert.Equal(404, (await world.VolumeAsync("GET", "/resource_filters", version: "3.32")).Status);
            var filters = await world.VolumeAsync("GET", "/resource_filters?resource=volume", version: "3.33");
            Assert.Equal(["volume"], filters.All("resource_filters", "resource"));
            var all = await world.VolumeAsync("GET", "/resource_filters", version: "3.33");
            Assert.Equal(
                ["volume", "snapshot", "backup", "attachment", "message", "pool", "volume_type"],
                all.All("resource_filters", "resource")
            );
        });
}
