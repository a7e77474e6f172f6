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

    /// <summary>Members of groups first, so that what a port's file names is there; what none names any more goes last.</summary>
    /// <param name="others">All other ports of the network.</param>
    public async Task SaveAsync(FilteredPort port, IReadOnlyList<FilteredPort> others, CancellationToken ct)
    {
        var network = port.Port.Network;
        var kept = KeptPort.Of(port);
        foreach (var (name, members) in KeptPort.MembersOf([port]))
            await SaveAsync(MembersFile(network, name), members, ct);
        await SafeFile.WriteAsync(PortFile(network, port.Port.Id), Write(kept, LedgerJson.Default.KeptPort), ct);
        RemoveMembers(network, [.. others, port]);
    }

    /// <summary>Of guests on whichever host, without those that have none.</summary>
    public Task SaveAsync(NetworkId network, IReadOnlyList<HostName> names, CancellationToken ct) =>
        SafeFile.WriteAsync(NamesFile(network), Write(names, LedgerJson.Default.IReadOnlyListHostName), ct);

    public IReadOnlyList<HostName> Names(NetworkId id) =>
        Read(NamesFile(id), LedgerJson.Default.IReadOnlyListHostName) ?? [];

    public HostNetwork? Find(NetworkId id) => Read(NetworkFile(id), LedgerJson.Default.HostNetwork);

    /// <summary>The network's ports by number. Members that several were told are one list.</summary>
    public IReadOnlyList<FilteredPort> Ports(NetworkId id)
    {
        var known = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        IReadOnlyList<string> Members(string name) =>
            known.TryGetValue(name, out var members)
                ? members
                : known[name] = Read(MembersFile(id, name), LedgerJson.Default.IReadOnlyListString) ?? [];
        return
        [
            .. Files(PortsFolder(id))
                .Select(path => Read(path, LedgerJson.Default.KeptPort)?.With(Members))
                .OfType<FilteredPort>()
                .OrderBy(port => port.Number),
        ];
    }

    /// <summary>Which ports a network has, without reading what is known of them.</summary>
    public IReadOnlyList<PortId> PortIds(NetworkId id) =>
        [
            .. Files(PortsFolder(id))
                .Select(path =>
                    PortId.TryParse(Path.GetFileNameWithoutExtension(path), out var port) ? port : (PortId?)null
                )
                .OfType<PortId>(),
        ];

    /// <summary>The network that has the port here; null for none.</summary>
    public NetworkId? NetworkOf(PortId id) =>
        Networks().Select(network => (NetworkId?)network).FirstOrDefault(n => File.Exists(PortFile(n!.Value, id)));

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

    /// <param name="others">All other ports of the network.</param>
    public void Remove(NetworkId network, PortId port, IReadOnlyList<FilteredPort> others)
    {
        File.Delete(PortFile(network, port));
        RemoveMembers(network, others);
    }

    public void Remove(NetworkId id) => SafeFile.RemoveFolder(Folder(id));

    private static async Task SaveAsync(string path, IReadOnlyList<string> members, CancellationToken ct)
    {
        if (File.Exists(path))
            return;
        SafeFile.MakeFolder(Path.GetDirectoryName(path)!);
        await SafeFile.WriteAsync(path, Write(members, LedgerJson.Default.IReadOnlyListString), ct);
    }

    private void RemoveMembers(NetworkId id, IReadOnlyList<FilteredPort> ports)
    {
        var named = KeptPort.MembersOf(ports);
        foreach (
            var path in Files(MembersFolder(id)).Where(p => !named.ContainsKey(Path.GetFileNameWithoutExtension(p)))
        )
            File.Delete(path);
    }

    private string Folder(NetworkId id) => Path.Combine(_root, id.ToString());

    private string NetworkFile(NetworkId id) => Path.Combine(Folder(id), "network.json");

    private string NamesFile(NetworkId id) => Path.Combine(Folder(id), "names.json");

    private string PortsFolder(NetworkId id) => Path.Combine(Folder(id), "ports");

    private string PortFile(NetworkId network, PortId id) => Path.Combine(PortsFolder(network), $"{id}.json");

    private string MembersFolder(NetworkId id) => Path.Combine(Folder(id), "members");

    private string MembersFile(NetworkId network, string name) => Path.Combine(MembersFolder(network), $"{name}.json");

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
[JsonSerializable(typeof(KeptPort))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<HostName>))]
internal sealed partial class LedgerJson : JsonSerializerContext;
