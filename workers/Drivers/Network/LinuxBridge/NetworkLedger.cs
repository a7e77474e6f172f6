using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>
/// What this cloud asked of the driver, one file a network and a port, written before anything is made and removed after
/// everything is gone: whatever dies in between, the next call finds all that there may be.
/// </summary>
/// <remarks>Callers hold the network's turn, so a network's files have one writer.</remarks>
internal sealed class NetworkLedger(string data)
{
    private readonly string _root = Path.Combine(data, "networks");

    public Task SaveAsync(HostNetwork network, CancellationToken ct)
    {
        SafeFile.MakeFolder(PortsFolder(network.Id));
        return SafeFile.WriteAsync(NetworkFile(network.Id), Write(network, LedgerJson.Default.HostNetwork), ct);
    }

    public Task SaveAsync(FilteredPort port, CancellationToken ct) =>
        SafeFile.WriteAsync(
            PortFile(port.Port.Network, port.Port.Id),
            Write(port, LedgerJson.Default.FilteredPort),
            ct
        );

    /// <summary>Of guests on whichever host, without those that have none.</summary>
    public Task SaveAsync(NetworkId network, IReadOnlyList<HostName> names, CancellationToken ct) =>
        SafeFile.WriteAsync(NamesFile(network), Write(names, LedgerJson.Default.IReadOnlyListHostName), ct);

    public IReadOnlyList<HostName> Names(NetworkId id) =>
        Read(NamesFile(id), LedgerJson.Default.IReadOnlyListHostName) ?? [];

    public HostNetwork? Find(NetworkId id) => Read(NetworkFile(id), LedgerJson.Default.HostNetwork);

    /// <summary>The network's ports by number.</summary>
    public IReadOnlyList<FilteredPort> Ports(NetworkId id) =>
        [
            .. Files(PortsFolder(id))
                .Select(path => Read(path, LedgerJson.Default.FilteredPort))
                .OfType<FilteredPort>()
                .OrderBy(port => port.Number),
        ];

    /// <summary>Which ports a network has, without reading what is known of them.</summary>
    public IReadOnlyList<PortId> PortIds(NetworkId id) =>
        [
            .. Files(PortsFolder(id))
                .Select(path =>
                    PortId.TryParse(Path.GetFileNameWithoutExtension(path), out var port) ? port : (PortId?)null
                )
                .OfType<PortId>(),
        ];

    public FilteredPort? FindPort(PortId id) =>
        Networks()
            .Select(network => Read(PortFile(network, id), LedgerJson.Default.FilteredPort))
            .FirstOrDefault(port => port is not null);

    public IReadOnlyList<NetworkId> Networks() =>
        Directory.Exists(_root)
            ?
            [
                .. Directory
                    .EnumerateDirectories(_root)
                    .Order(StringComparer.Ordinal)
                    .Select(ParseName)
                    .OfType<NetworkId>(),
            ]
            : [];

    public void Remove(FilteredPort port) => File.Delete(PortFile(port.Port.Network, port.Port.Id));

    public void Remove(NetworkId id) => SafeFile.RemoveFolder(Folder(id));

    private string Folder(NetworkId id) => Path.Combine(_root, id.ToString());

    private string NetworkFile(NetworkId id) => Path.Combine(Folder(id), "network.json");

    private string NamesFile(NetworkId id) => Path.Combine(Folder(id), "names.json");

    private string PortsFolder(NetworkId id) => Path.Combine(Folder(id), "ports");

    private string PortFile(NetworkId network, PortId id) => Path.Combine(PortsFolder(network), $"{id}.json");

    private static IEnumerable<string> Files(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json") : [];

    private static NetworkId? ParseName(string path) =>
        NetworkId.TryParse(Path.GetFileName(path), out var id) ? id : null;

    private static byte[] Write<T>(T record, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.SerializeToUtf8Bytes(record, type);

    private static T? Read<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type);
        }
        catch (IOException missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(HostNetwork))]
[JsonSerializable(typeof(FilteredPort))]
[JsonSerializable(typeof(IReadOnlyList<HostName>))]
internal sealed partial class LedgerJson : JsonSerializerContext;
