using Microsoft.Extensions.DependencyInjection;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;
using Pipeline.Network;

namespace Pipeline.Services.Tests.Network.Mechanisms;

/// <summary>What the precommit half of every mechanism promises.</summary>
public abstract class MechanismContract
{
    private static readonly string[] Reserved = ["", "unbound", "binding_failed", "distributed"];

    protected abstract IMechanismDriver NewMechanism();

    /// <summary>Ports that it binds, one of each kind.</summary>
    protected abstract IReadOnlyList<BindingRequest> Requests { get; }

    [Fact]
    public void It_has_a_name_and_speaks_this_contract()
    {
        Assert.Matches("^[a-z][a-z0-9-]{1,30}$", NewMechanism().Name);
        Assert.Equal(DriverContract.Current, NewMechanism().Contract);
    }

    [Fact]
    public void What_it_binds_has_a_type_of_interface_that_nobody_else_means()
    {
        Assert.NotEmpty(Requests);
        foreach (var request in Requests)
            Assert.DoesNotContain(Assert.IsType<PortBinding>(NewMechanism().Bind(request)).VifType, Reserved);
    }

    [Fact]
    public void The_same_question_has_the_same_answer()
    {
        var mechanism = NewMechanism();
        foreach (var request in Requests)
        {
            Assert.Equal(mechanism.Bind(request), mechanism.Bind(request));
            Assert.Equal(mechanism.Bind(request), NewMechanism().Bind(request));
        }
    }

    [Fact]
    public void What_it_does_not_know_is_left_to_the_mechanism_after_it()
    {
        foreach (var request in Requests)
        foreach (
            var other in new[]
            {
                request with
                {
                    HostDriver = "no-such",
                },
                request with
                {
                    SegmentType = "no-such",
                },
                request with
                {
                    VnicType = "no-such",
                },
            }
        )
            Assert.Null(NewMechanism().Bind(other));
    }

    [Fact]
    public void A_secured_port_is_bound_only_with_a_filter()
    {
        foreach (var request in Requests)
            Assert.True(NewMechanism().Bind(request with { Secured = true }) is null or { PortFilter: true });
    }

    [Fact]
    public void A_port_by_a_tag_is_bound_only_where_the_host_carries_tags()
    {
        foreach (var request in Requests)
            Assert.Null(NewMechanism().Bind(request with { Tagged = true, HostTags = false }));
    }

    [Fact]
    public void A_cloud_that_is_configured_with_it_binds_its_hosts_ports_and_lets_them_go() =>
        NetworkWorld.Run(
            async world =>
            {
                var request = Requests[0];
                var facts = new SortedDictionary<string, string> { [HostFactNames.NetworkDriver] = request.HostDriver };
                var report = new HostReport(Ids.Host(1), "metal-1", new(8, 8192, 100, "qemu", facts));
                await world.Db.WriteAsync(tx => world.Get<IHostReports>().HeardAsync(tx, report));
                var secured = NetworkWorld.Flag("port_security_enabled", request.Secured);
                var type = NetworkWorld.Pair("provider:network_type", request.SegmentType);
                var made = await world.PostAsync(
                    "/networks",
                    NetworkWorld.Item("network", secured, type, "\"shared\":true"),
                    "admin"
                );
                var network = made.Id("network");
                var subnet = NetworkWorld.SubnetBody(
                    network,
                    "10.0.0.0/24",
                    NetworkWorld.Flag("enable_dhcp", request.Dhcp)
                );
                Assert.Equal(201, (await world.PostAsync("/subnets", subnet, "admin")).Status);
                var port = await world.PortAsync(network, NetworkWorld.Pair("binding:vnic_type", request.VnicType));
                await world.BindAsync(Ids.Server(1), Ids.Host(1), Ids.Existing(port));
                var binding = NewMechanism().Bind(request)!;
                var shown = (await world.GetAsync($"/ports/{port}", "admin")).Json.GetProperty("port");
                Assert.Equal(binding.VifType, shown.GetProperty("binding:vif_type").GetString());
                Assert.Equal(
                    binding.PortFilter,
                    shown.GetProperty("binding:vif_details").GetProperty("port_filter").GetBoolean()
                );
                await world.UnbindAsync(Ids.Server(1));
                shown = (await world.GetAsync($"/ports/{port}", "admin")).Json.GetProperty("port");
                Assert.Equal("unbound", shown.GetProperty("binding:vif_type").GetString());
                Assert.Equal(1, await world.CountAsync("ports", $"id = '{port}' AND mechanism = ''"));
            },
            arrange: services =>
            {
                services.AddSingleton(new NetworkOptions { MechanismDrivers = [NewMechanism().Name] });
                if (NewMechanism().GetType().Assembly != typeof(NetworkModule).Assembly)
                    services.AddSingleton(NewMechanism());
            }
        );
}
