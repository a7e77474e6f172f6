using System.Net;
using System.Text;
using System.Text.Json;
using Pipeline.Contracts.Compute;
using Pipeline.Drivers;

namespace Pipeline.Agent.Metadata;

/// <summary>Writes guests' documents where the metadata service finds them, and sees to it that it runs.</summary>
/// <param name="random">Makes that many random bytes.</param>
/// <param name="vendorData">What the operator tells all guests, a JSON object; null for nothing.</param>
internal sealed class GuestDocuments(
    string data,
    Command command,
    Func<int, byte[]> random,
    TimeProvider time,
    byte[]? vendorData = null
) : IGuestDocuments, IDisposable
{
    private const int SeedBytes = 512; // as much as Nova gives
    private const string Spaces = "/run/netns"; // where iproute2 keeps its names

    private readonly MetadataFolder _folder = new(data);
    private readonly MetadataProcess _process = new(new MetadataFolder(data), data, command, time);
    private readonly GuestPasswords _passwords = new(new MetadataFolder(data));
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task EnsureNetworkAsync(NetworkId network, string listensIn, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            SafeFile.MakeFolder(_folder.NetworkFolder(network));
            var space = Encoding.UTF8.GetBytes(Path.Combine(Spaces, listensIn));
            await SafeFile.WriteAsync(_folder.SpaceFile(network), space, ct);
            await _process.ListenAsync(network, ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task RemoveNetworkAsync(NetworkId network, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            SafeFile.RemoveFolder(_folder.NetworkFolder(network));
            if (_folder.ReadNetworks().Count == 0)
                await _process.StopAsync(ct);
            else
                _process.Ring();
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task KeepAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (!_process.IsNoted && _folder.ReadNetworks().Count > 0)
                await _process.EnsureAsync(ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task<IReadOnlyDictionary<string, byte[]>> PutAsync(
        GuestOrder guest,
        byte[]? userData,
        byte[]? adminPassword,
        CancellationToken ct
    )
    {
        var told = ServerMetadata.Of(guest, random(SeedBytes), userData, adminPassword) with
        {
            VendorData = vendorData,
        };
        var documents = MetadataDocuments.Of(told);
        var file = _folder.ServerFile(guest.Id);
        SafeFile.MakeFolder(Path.GetDirectoryName(file)!);
        var json = JsonSerializer.SerializeToUtf8Bytes(documents, MetadataJson.Default.SortedDictionaryStringByteArray);
        await SafeFile.WriteAsync(file, json, ct);
        foreach (var port in guest.Ports)
        foreach (var address in port.Addresses)
            Link(_folder.AddressLink(port.Network, IPAddress.Parse(address.Address)), file);
        return ConfigDrive.Files(documents);
    }

    /// <summary>Absent is success. An address that another server has got meanwhile stays with it.</summary>
    public Task RemoveAsync(ServerId id, CancellationToken ct)
    {
        foreach (var link in _folder.LinksTo(id))
            File.Delete(link);
        File.Delete(_folder.ServerFile(id));
        _passwords.Remove(id);
        return Task.CompletedTask;
    }

    public IReadOnlyList<(ServerId Server, string Password)> ListUntoldPasswords() => _passwords.ListUntold();

    public Task MarkPasswordToldAsync(ServerId id, CancellationToken ct) => _passwords.MarkToldAsync(id, ct);

    public void Dispose()
    {
        _turn.Dispose();
        _passwords.Dispose();
    }

    // A link cannot be changed, but another one can take its place.
    private static void Link(string link, string file)
    {
        SafeFile.MakeFolder(Path.GetDirectoryName(link)!);
        File.Delete(link + ".new");
        File.CreateSymbolicLink(link + ".new", file);
        File.Move(link + ".new", link, overwrite: true);
    }
}
