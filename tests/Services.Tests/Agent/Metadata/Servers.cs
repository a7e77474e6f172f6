using Pipeline.Agent.Metadata;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Services.Tests.Agent.Metadata;

/// <summary>Orders for guests as the control plane sends them.</summary>
internal static class Servers
{
    public static readonly ServerId Id = new(new Guid("0f0f0f0f-1111-2222-3333-444444444444"));

    public static HostNetwork Network(string cloud, NetworkId id, bool dhcp = true)
    {
        var subnet = new SubnetId(new Guid("50b50b50-0000-0000-0000-000000000000"));
        HostRoute[] routes = [new HostRoute("198.51.100.0/24", "10.0.0.9")];
        var address = dhcp ? "10.0.0.2" : null;
        return new(
            id,
            cloud,
            "local",
            0,
            1450,
            [new HostSubnet(subnet, "10.0.0.0/24", "10.0.0.1", address, ["192.0.2.53"], routes)]
        );
    }

    public static HostPort Port(HostNetwork network, PortId id) =>
        new(
            id,
            network.Id,
            network.Cloud,
            "fa:16:3e:00:00:0b",
            [new HostAddress(network.Subnets[0].Id, "10.0.0.11")],
            "web-1",
            network.Mtu,
            AdminUp: true,
            Secured: true,
            Rules: []
        );

    public static GuestOrder Order(ServerId id, string name, HostNetwork network, HostPort port) =>
        new(
            id,
            new ProjectId("aaaaaaaabbbbccccddddeeeeeeeeeeee"),
            name,
            HostName: name.ToLowerInvariant(),
            Vcpus: 1,
            MemoryMib: 128,
            Nics: [],
            [network],
            [port],
            [new GuestKey("mine", "ssh", "ssh-ed25519 AA+/ me@home")],
            new SortedDictionary<string, string> { ["role"] = "front \"end\"" },
            "nova",
            ConfigDrive: true,
            UserData: null,
            AdminPassword: null
        );

    public static ServerMetadata Metadata(bool dhcp = true, byte[]? userData = null)
    {
        var network = Network("cloud", new(new Guid("11111111-0000-0000-0000-000000000000")), dhcp);
        var port = Port(network, new(new Guid("22222222-3333-0000-0000-000000000000")));
        return ServerMetadata.Of(Order(Id, "Web-1", network, port), [1, 2, 3], userData, "s3cret"u8.ToArray());
    }
}
