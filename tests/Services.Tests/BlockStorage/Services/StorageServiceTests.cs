using Pipeline.BlockStorage.Backends;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;
using Pipeline.Services.Tests.Compute;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.BlockStorage.Services;

public sealed class StorageServiceTests
{
    private const string Admin = VolumeCalls.Admin;
    private const string Disk = "metal-1@disk";

    [Fact]
    public void The_answers_have_the_documented_shape() =>
        ComputeWorld.Run(async world =>
        {
            await OfferAsync(world, Backend("disk"), Backend("tape", Capacity.Infinite, Capacity.Unknown));
            const string said = $$"""{"host":"{{Disk}}","binary":"cinder-volume","disabled_reason":"worn out"}""";
            (string Method, string Path, string? Body, string Golden)[] cases =
            [
                ("GET", "/os-services", null, "list.200.json"),
                ("GET", "/os-hosts", null, "hosts.200.json"),
                ("GET", "/scheduler-stats/get_pools", null, "pools.200.json"),
                ("GET", "/scheduler-stats/get_pools?detail=true", null, "pools-detail.200.json"),
                ("GET", $"/capabilities/{Disk}", null, "capabilities.200.json"),
                ("PUT", "/os-services/disable-log-reason", said, "disable-log-reason.200.json"),
                ("GET", $"/os-services?host={Disk}", null, "list-disabled.200.json"),
                ("PUT", "/os-services/enable", said, "enable.200.json"),
                ("GET", "/capabilities/metal-1@none", null, "capabilities.404.json"),
            ];
            foreach (var (method, path, body, golden) in cases)
                Golden.Matches(
                    (await world.VolumeAsync(method, path, body, Admin)).Golden,
                    $"block-storage/services/{golden}"
                );
        });

    [Fact]
    public void A_host_that_is_for_storage_alone_serves() =>
        ComputeWorld.Run(async world =>
        {
            await OfferAsync(world, Backend("disk"));
            foreach (var host in await world.GetHostsAsync())
                await world.SetHostAsync(host, """facts = '{"roles":"storage"}'""");
            Assert.Equal("metal-1@disk#disk", await PoolsAsync(world));
            var volume = await world.MakeVolumeAsync();
            Assert.Equal("available", (await world.VolumeAsync("GET", $"/volumes/{volume}")).Text("volume", "status"));
        });

    [Fact]
    public void A_disabled_backend_takes_nothing_new_until_it_is_enabled() =>
        ComputeWorld.Run(async world =>
        {
            await OfferAsync(world, Backend("disk"), Backend("tape"));
            await SetAsync(world, "disable");
            Assert.Equal("metal-1@tape#tape", await PoolsAsync(world));
            Assert.Equal("disabled", await StatusAsync(world));
            await OfferAsync(world, Backend("disk"), Backend("tape"));
            Assert.Equal("disabled", await StatusAsync(world)); // its host telling of it changes nothing
            await SetAsync(world, "enable");
            Assert.Equal("metal-1@disk#disk metal-1@tape#tape", await PoolsAsync(world));
        });

    [Fact]
    public void A_storage_host_makes_backups_whatever_takes_new_volumes_there() =>
        ComputeWorld.Run(async world =>
        {
            await OfferAsync(world, Backend("disk"), Backend("tape"));
            await SetAsync(world, "disable");
            Assert.Equal("metal-1 enabled up", await BackupsAsync(world));
            await world.SetHostAsync((await world.GetHostsAsync())[0], "state = 'down'");
            Assert.Equal("metal-1 enabled down", await BackupsAsync(world));
        });

    [Fact]
    public void What_is_allocated_is_what_lies_there_and_what_is_promised_counts_more() =>
        ComputeWorld.Run(async world =>
        {
            await OfferAsync(world, Backend("disk"));
            await world.MakeVolumeAsync("\"size\":2");
            await world.MakeVolumeAsync("\"size\":3");
            await world.Db.WriteAsync(async tx =>
            {
                await tx.ExecuteAsync("UPDATE volume_backends SET provisioned_gib = provisioned_gib + 4"); // one is to grow
            });
            var pools = await world.VolumeAsync("GET", "/scheduler-stats/get_pools?detail=true", null, Admin);
            var told = pools.Json.GetProperty("pools")[0].GetProperty("capabilities");
            Assert.Equal(
                "5 9 2 False",
                $"{told.GetProperty("allocated_capacity_gb")} {told.GetProperty("provisioned_capacity_gb")} {told.GetProperty("total_volumes")} {told.GetProperty("thick_provisioning_support")}"
            );
            const string thick = "/scheduler-stats/get_pools?thick_provisioning_support=";
            foreach (var (asked, count) in ((string, int)[])[("false", 1), ("true", 0)])
                Assert.Equal(
                    count,
                    (await world.VolumeAsync("GET", thick + asked, null, Admin, "3.28")).All("pools", "name").Count
                );
        });

    [Fact]
    public void The_zone_is_available_while_a_backend_takes_volumes() =>
        ComputeWorld.Run(async world =>
        {
            Assert.Equal("False", await ZoneAsync(world));
            await OfferAsync(world, Backend("disk"));
            Assert.Equal("True", await ZoneAsync(world));
            var zones = await world.VolumeAsync("GET", "/os-availability-zone");
            Golden.Matches(zones.Golden, "block-storage/zones/list.200.json");
            await SetAsync(world, "disable");
            Assert.Equal("False", await ZoneAsync(world));
        });

    [Theory]
    [InlineData("state = 'down'")]
    [InlineData(null)]
    public void What_is_gone_is_down_and_is_no_pool(string? host) =>
        ComputeWorld.Run(async world =>
        {
            await OfferAsync(world, Backend("disk"));
            await world.Db.WriteAsync(async tx =>
            {
                await tx.ExecuteAsync("UPDATE volume_backends SET volumes = 1");
            });
            if (host is null)
                await OfferAsync(world);
            else
                await world.SetHostAsync((await world.GetHostsAsync())[0], host);
            var listed = await world.VolumeAsync("GET", "/os-services?binary=cinder-volume", null, Admin);
            Assert.Equal(["down"], listed.All("services", "state"));
            Assert.Equal("", await PoolsAsync(world));
        });

    [Fact]
    public void What_is_wrong_is_named_and_nothing_is_written() =>
        ComputeWorld.Run(async world =>
        {
            await OfferAsync(world, Backend("disk"));
            var audits = await world.CountAsync("audit");
            (string Action, string Body, string Fault)[] cases =
            [
                ("freeze", $$"""{"host":"{{Disk}}"}""", "400 badRequest: Invalid input received: Unknown action"),
                ("disable", "{}", "400 badRequest: Invalid input: field host is required."),
                ("disable", $$"""{"host":"{{Disk}}"}""", "400 badRequest: Invalid input: field binary is required."),
                ("disable-log-reason", $$"""{"host":"{{Disk}}","binary":"cinder-volume"}""", "400 badRequest: "),
                ("disable", """{"host":"x","binary":"cinder-volume"}""", "404 itemNotFound: Could not find binary"),
                ("disable", $$"""{"host":"{{Disk}}","binary":"cinder-backup"}""", "404 itemNotFound: Could not find"),
            ];
            foreach (var (action, body, fault) in cases)
                Assert.StartsWith(fault, (await world.VolumeAsync("PUT", $"/os-services/{action}", body, Admin)).Fault);
            Assert.Equal(("enabled", audits), (await StatusAsync(world), await world.CountAsync("audit")));
        });

    [Fact]
    public void They_are_for_admins_alone() =>
        ComputeWorld.Run(async world =>
        {
            string[] reads = ["/os-services", "/os-hosts", "/scheduler-stats/get_pools", $"/capabilities/{Disk}"];
            foreach (var path in reads)
                Assert.Equal(403, (await world.VolumeAsync("GET", path, null, "mine:manager")).Status);
            Assert.Equal(403, (await world.VolumeAsync("PUT", "/os-services/disable", "{}", "mine:manager")).Status);
        });

    [Fact]
    public void What_a_host_tells_meanwhile_is_of_what_it_offers_alone() =>
        ComputeWorld.Run(async world =>
        {
            await OfferAsync(world, Backend("disk"), Backend("tape"));
            await OfferAsync(world, Backend("disk"));
            var host = (await world.GetHostsAsync())[0];
            BackendReport[] told =
            [
                Backend("disk", free: new(12.25)),
                Backend("tape"),
                Backend("none"),
                Backend("disk", free: new(1)) with
                {
                    Driver = "pool",
                },
            ];
            await world.Db.WriteAsync(async tx =>
            {
                foreach (var backend in told)
                    await tx.TellBackendAsync(host, backend);
            });
            Assert.Equal("metal-1@disk#disk", await PoolsAsync(world));
            var pools = await world.VolumeAsync("GET", "/scheduler-stats/get_pools?detail=true", null, Admin);
            Assert.Contains("\"free_capacity_gb\":12.25", pools.Body, StringComparison.Ordinal);
        });

    private static BackendReport Backend(string name, Capacity? total = null, Capacity? free = null) =>
        new(
            name,
            "file",
            5,
            2.5,
            new(
                "1.0",
                "Pipeline",
                "file",
                total ?? new(100),
                free ?? new(60.5),
                new Dictionary<string, bool> { ["thin_provisioning_support"] = true, ["multiattach"] = false }
            )
        );

    private static async Task OfferAsync(ComputeWorld world, params BackendReport[] backends)
    {
        var host = (await world.GetHostsAsync())[0];
        await world.Db.WriteAsync(tx => tx.SetBackendsAsync(host, "metal-1", backends));
    }

    private static async Task SetAsync(ComputeWorld world, string action)
    {
        const string body = $$"""{"host":"{{Disk}}","binary":"cinder-volume"}""";
        Assert.Equal(200, (await world.VolumeAsync("PUT", $"/os-services/{action}", body, Admin)).Status);
    }

    private static async Task<string> StatusAsync(ComputeWorld world) =>
        (await world.VolumeAsync("GET", $"/os-services?host={Disk}", null, Admin)).All("services", "status")[0];

    private static async Task<string> BackupsAsync(ComputeWorld world)
    {
        var listed = await world.VolumeAsync("GET", "/os-services?binary=cinder-backup", null, Admin);
        return $"{listed.All("services", "host").Single()} {listed.All("services", "status")[0]} {listed.All("services", "state")[0]}";
    }

    private static async Task<string> ZoneAsync(ComputeWorld world) =>
        (await world.VolumeAsync("GET", "/os-availability-zone"))
            .Json.GetProperty("availabilityZoneInfo")[0]
            .GetProperty("zoneState")
            .GetProperty("available")
            .ToString();

    private static async Task<string> PoolsAsync(ComputeWorld world) =>
        string.Join(
            ' ',
            (await world.VolumeAsync("GET", "/scheduler-stats/get_pools", null, Admin)).All("pools", "name")
        );
}
