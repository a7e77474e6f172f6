using System.Net;
using System.Text.Json;
using Pipeline.Drivers;

namespace Pipeline.Agent.Metadata;

/// <summary>
/// Where the agent leaves documents for the metadata service: a file a server, and for each network a folder with the
/// namespace to listen in and a link from each address to its server's file. Root alone may look.
/// </summary>
internal sealed class MetadataFolder(string data)
{
    public string Path { get; } = System.IO.Path.Combine(data, "metadata");

    public string PidFile => In("pid");

    /// <summary>Held for life by the one service of this folder.</summary>
    public string LockFile => In("lock");

    public string LogFile => In("log");

    /// <summary>The process id of the service that last looked, and the networks in which it then listened, a line each.</summary>
    public string ListeningFile => In("listening");

    /// <summary>What guests have told of their passwords.</summary>
    public string Passwords => In("passwords");

    /// <summary>Whether guests must show a session token: the agent says so, the service obeys at once.</summary>
    public bool TokensRequired => File.Exists(In(RequiredName));

    private const string RequiredName = "tokens-required";

    private string Servers => In("servers");

    private string Networks => In("networks");

    /// <summary>The networks to listen in, each with its namespace's path.</summary>
    public IReadOnlyDictionary<NetworkId, string> ReadNetworks()
    {
        var networks = new Dictionary<NetworkId, string>();
        foreach (var folder in Directory.Exists(Networks) ? Directory.EnumerateDirectories(Networks) : [])
            if (NetworkId.TryParse(System.IO.Path.GetFileName(folder), out var id) && Read(SpaceFile(id)) is { } space)
                networks[id] = System.Text.Encoding.UTF8.GetString(space).Trim();
        return networks;
    }

    /// <summary>Whoever has this address in this network; null when nobody has.</summary>
    public ServerId? FindServer(NetworkId network, IPAddress guest) =>
        new FileInfo(AddressLink(network, guest)).LinkTarget is { } file
        && ServerId.TryParse(System.IO.Path.GetFileNameWithoutExtension(file), out var id)
            ? id
            : null;

    /// <summary>A server's documents; null when it has none any more.</summary>
    public IReadOnlyDictionary<string, byte[]>? Find(ServerId id) =>
        Read(ServerFile(id)) is { } json
            ? JsonSerializer.Deserialize(json, MetadataJson.Default.SortedDictionaryStringByteArray)
            : null;

    public void RequireTokens(bool required)
    {
        SafeFile.MakeFolder(Path);
        if (required)
            File.WriteAllBytes(In(RequiredName), []);
        else
            File.Delete(In(RequiredName));
    }

    /// <summary>The key of session tokens, made by the one service of this folder when it is not there.</summary>
    /// <param name="random">Makes that many random bytes.</param>
    public async Task<byte[]> TokenKeyAsync(Func<int, byte[]> random, CancellationToken ct)
    {
        if (Read(In("token-key")) is { Length: KeyBytes } known)
            return known;
        var key = random(KeyBytes);
        await SafeFile.WriteAsync(In("token-key"), key, ct);
        return key;
    }

    private const int KeyBytes = 32;

    public string ServerFile(ServerId id) => System.IO.Path.Combine(Servers, $"{id}.json");

    public string NetworkFolder(NetworkId id) => System.IO.Path.Combine(Networks, $"{id}");

    public string SpaceFile(NetworkId id) => System.IO.Path.Combine(NetworkFolder(id), "namespace");

    public string AddressLink(NetworkId network, IPAddress address) =>
        System.IO.Path.Combine(NetworkFolder(network), $"{address}");

    /// <summary>All links from addresses to this server's file.</summary>
    public IReadOnlyList<string> LinksTo(ServerId id)
    {
        if (!Directory.Exists(Networks))
            return [];
        var links = Directory.EnumerateFiles(Networks, "*", SearchOption.AllDirectories);
        return [.. links.Where(link => new FileInfo(link).LinkTarget == ServerFile(id))];
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);

    private static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (IOException gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
