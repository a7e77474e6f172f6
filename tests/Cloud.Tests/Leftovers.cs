using Pipeline.Contracts.Drivers;
using Pipeline.Drivers;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>All that a server has on a host, kept aside to be put back when nobody expects it.</summary>
internal sealed record Leftovers(FakeGuest Guest, FakeDisk Disk, HostPort Port, HostNetwork Network)
{
    public static Leftovers Of(TestHost host, string server)
    {
        var guest = host.Metal.Guests[server];
        var port = host.Metal.Ports[$"{guest.Spec.Nics[0].Port}"];
        return new(guest, host.Metal.Disks[server], port, host.Metal.Networks[$"{port.Network}"]);
    }

    /// <summary>The same under ids that no cloud has given, or of another cloud.</summary>
    public Leftovers As(Guid id, string cloud)
    {
        var network = Network with { Id = new(id), Cloud = cloud };
        return new(
            Guest with
            {
                Spec = Guest.Spec with { Id = new(id), Cloud = cloud },
            },
            Disk with
            {
                Spec = Disk.Spec with { Id = new(id), Cloud = cloud },
            },
            Port with
            {
                Id = new(id),
                Network = network.Id,
                Cloud = cloud,
            },
            network
        );
    }

    public void PutOn(TestHost host)
    {
        host.Metal.Guests[$"{Guest.Spec.Id}"] = Guest;
        host.Metal.Disks[$"{Disk.Spec.Id}"] = Disk;
        host.Metal.Networks[$"{Network.Id}"] = Network;
        host.Metal.Ports[$"{Port.Id}"] = Port;
    }

    public bool AreOn(TestHost host) => Count(host) == 4;

    public bool AreGoneFrom(TestHost host) => Count(host) == 0;

    private int Count(TestHost host) =>
        (host.Metal.Guests.ContainsKey($"{Guest.Spec.Id}") ? 1 : 0)
        + (host.Metal.Disks.ContainsKey($"{Disk.Spec.Id}") ? 1 : 0)
        + (host.Metal.Networks.ContainsKey($"{Network.Id}") ? 1 : 0)
        + (host.Metal.Ports.ContainsKey($"{Port.Id}") ? 1 : 0);
}
