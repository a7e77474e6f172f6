using Pipeline.BlockStorage.Hosts;
using Pipeline.Contracts;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Services.Tests.BlockStorage.Attachments;

public sealed class VolumeHostTests
{
    [Theory]
    [InlineData("192.0.2.1", "198.51.100.1", "192.0.2.1")]
    [InlineData(null, "198.51.100.1", "198.51.100.1")]
    [InlineData("not an address", "198.51.100.1", "198.51.100.1")]
    [InlineData("2001:db8::1", null, "2001:db8::1")]
    [InlineData(null, null, null)]
    public void A_host_comes_from_its_storage_address_or_else_from_that_of_its_tunnels(
        string? storage,
        string? underlay,
        string? address
    )
    {
        var facts = new Dictionary<string, string> { [HostFactNames.Initiator] = "iqn.x:host" };
        if (storage is not null)
            facts[HostFactNames.StorageAddress] = storage;
        if (underlay is not null)
            facts[HostFactNames.Underlay] = underlay;
        var host = VolumeHost.Of(new(new HostId(Guid.Empty), "h", new(1, 1, 1, "fake", facts)));
        Assert.Equal((address, "iqn.x:host", "h"), (host.Address, host.Initiator, host.Name));
    }

    [Theory]
    [InlineData("f01de000-0000-4000-8000-000000000001", true)]
    [InlineData("../backups", false)]
    [InlineData(null, false)]
    public void A_folder_of_backups_is_known_by_its_id(string? told, bool known)
    {
        var facts = new Dictionary<string, string>();
        if (told is not null)
            facts[HostFactNames.BackupFolder] = told;
        var host = VolumeHost.Of(new(new HostId(Guid.Empty), "h", new(1, 1, 1, "fake", facts)));
        Assert.Equal(known ? told : null, host.BackupFolder?.ToString());
    }
}
