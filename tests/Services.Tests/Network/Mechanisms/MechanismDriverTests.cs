using Microsoft.Extensions.DependencyInjection;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;
using Pipeline.Examples.PlainBridge;
using Pipeline.Network;
using Pipeline.Network.Mechanisms;
using Pipeline.Network.Mechanisms.Fake;
using Pipeline.Network.Mechanisms.LinuxBridge;

namespace Pipeline.Services.Tests.Network.Mechanisms;

public sealed class LinuxBridgeMechanismTests : MechanismContract
{
    protected override IMechanismDriver NewMechanism() => new LinuxBridgeMechanism();

    protected override IReadOnlyList<BindingRequest> Requests =>
        [
            new("linux-bridge", "normal", "vxlan", Secured: true, Dhcp: true),
            new("linux-bridge", "normal", "local", Secured: false, Dhcp: false),
            new("linux-bridge", "normal", "vlan", Secured: true, Dhcp: true) { HostSegments = ["vlan"] },
        ];
}

public sealed class FakeMechanismTests : MechanismContract
{
    protected override IMechanismDriver NewMechanism() => new FakeMechanism();

    protected override IReadOnlyList<BindingRequest> Requests =>
        [new("fake", "normal", "vxlan", true, true), new("fake", "normal", "vlan", true, true)];
}

/// <summary>The example of docs/adding-a-driver.md.</summary>
public sealed class PlainBridgeMechanismTests : MechanismContract
{
    protected override IMechanismDriver NewMechanism() => new PlainBridgeMechanism();

    protected override IReadOnlyList<BindingRequest> Requests =>
        [new("plain-bridge", "normal", "local", Secured: false, Dhcp: false)];
}

public sealed class MechanismDriverTests
{
    [Fact]
    public void A_port_is_bound_by_the_first_mechanism_that_can() =>
        NetworkWorld.Run(async world =>
        {
            await ReportAsync(world, Ids.Host(1), "linux-bridge");
            await ReportAsync(world, Ids.Host(2), "fake");
            var network = await world.NetworkAsync();
            await world.SubnetAsync(network, "10.0.0.0/24");
            await world.BindAsync(Ids.Server(1), Ids.Host(1), Ids.Nic(network));
            await world.BindAsync(Ids.Server(2), Ids.Host(2), Ids.Nic(network));
            var seen = await world.GetAsync("/ports?device_owner=compute:nova", "admin");
            Assert.Equal(["bridge", "other"], seen.All("ports", "binding:vif_type").Order());
        });

    [Theory]
    [InlineData("ovs", "normal")]
    [InlineData("linux-bridge", "direct")]
    public void A_port_that_no_mechanism_can_bind_fails_the_build_and_stays_as_it_was(string driver, string vnic) =>
        NetworkWorld.Run(async world =>
        {
            await ReportAsync(world, Ids.Host(1), driver);
            var network = await world.NetworkAsync();
            var port = await world.PortAsync(network, NetworkWorld.Pair("binding:vnic_type", vnic));
            var fault = await Assert.ThrowsAsync<Fault>(() =>
                world.BindAsync(Ids.Server(1), Ids.Host(1), Ids.Existing(port))
            );
            Assert.Equal((FaultCode.Conflict, "PortBindingFailed"), (fault.Code, fault.Type));
            Assert.Contains(vnic, fault.Message);
            var seen = (await world.GetAsync($"/ports/{port}", "admin")).Json.GetProperty("port");
            Assert.Equal("unbound", seen.GetProperty("binding:vif_type").GetString());
            Assert.Equal(vnic, seen.GetProperty("binding:vnic_type").GetString());
        });

    [Fact]
    public void A_VLAN_is_carried_by_hosts_that_have_found_that_they_can() =>
        NetworkWorld.Run(
            async world =>
            {
                await ReportAsync(world, Ids.Host(1), "linux-bridge", "flat,local");
                await ReportAsync(world, Ids.Host(2), "linux-bridge", "flat,local,vlan");
                const string tagged = """
                    {"network":{"provider:network_type":"vlan","provider:physical_network":"lab",
                     "provider:segmentation_id":101,"shared":true}}
                    """;
                var network = (await world.PostAsync("/networks", tagged, "admin")).Id("network");
                var subnet = NetworkWorld.SubnetBody(network, "10.0.0.0/24", "");
                Assert.Equal(201, (await world.PostAsync("/subnets", subnet, "admin")).Status);
                var fault = await Assert.ThrowsAsync<Fault>(() =>
                    world.BindAsync(Ids.Server(1), Ids.Host(1), Ids.Nic(network))
                );
                Assert.Equal("PortBindingFailed", fault.Type);
                var bound = await world.BindAsync(Ids.Server(2), Ids.Host(2), Ids.Nic(network));
                var told = Assert.Single(bound.Networks);
                Assert.Equal(("vlan", 101, "lab"), (told.SegmentType, told.SegmentId, told.PhysicalNetwork));
            },
            arrange: services => services.AddSingleton(new NetworkOptions { Vlans = [new("lab", new(100, 199))] })
        );

    [Fact]
    public void A_bound_port_keeps_its_kind_of_interface() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var port = await world.PortAsync(network);
            await world.BindAsync(Ids.Server(1), Ids.Host(1), Ids.Existing(port));
            var seen = await world.PutAsync($"/ports/{port}", """{"port":{"binding:vnic_type":"direct"}}""");
            Assert.Equal((409, "PortBound"), seen.Fault);
        });

    [Fact]
    public void A_mechanism_that_is_not_there_ends_the_start_with_those_that_are()
    {
        var refused = Assert.Throws<InvalidOperationException>(() =>
            new MechanismDrivers([new LinuxBridgeMechanism()], new() { MechanismDrivers = ["linux-bridge", "ovs"] })
        );
        Assert.Equal("There is no mechanism driver 'ovs'; there are: linux-bridge.", refused.Message);
    }

    [Fact]
    public void A_mechanism_of_another_contract_ends_the_start()
    {
        var refused = Assert.Throws<InvalidOperationException>(() =>
            new MechanismDrivers([new Old()], new() { MechanismDrivers = ["old"] })
        );
        Assert.Contains("'old' speaks version 0", refused.Message);
    }

    private static Task ReportAsync(NetworkWorld world, HostId host, string driver, string segments = "")
    {
        var facts = new SortedDictionary<string, string>
        {
            [HostFactNames.NetworkDriver] = driver,
            [$"{driver}{HostFactNames.Segments}"] = segments,
        };
        var report = new HostReport(host, "metal", new(8, 8192, 100, "qemu", facts));
        return world.Db.WriteAsync(tx => world.Get<IHostReports>().HeardAsync(tx, report));
    }

    private sealed class Old : IMechanismDriver
    {
        public string Name => "old";

        public int Contract => 0;

        public PortBinding? Bind(BindingRequest request) => null;
    }
}
