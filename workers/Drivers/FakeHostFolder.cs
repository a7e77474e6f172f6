using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers;

/// <summary>
/// Keeps a <see cref="FakeHost"/> in a folder, a file for each record, so that it outlives its agent's process. It is not
/// flushed to the disk: what is made of records may go with the machine.
/// </summary>
public sealed class FakeHostFolder
{
    private readonly List<Action> kinds = [];

    /// <summary>The host as its last agent left it.</summary>
    public static FakeHost Open(string path)
    {
        var host = new FakeHost();
        var folder = new FakeHostFolder();
        folder.Keep(host.Guests, Path.Combine(path, "guests"), FakeHostJson.Default.FakeGuest);
        folder.Keep(host.Disks, Path.Combine(path, "disks"), FakeHostJson.Default.FakeDisk);
        folder.Keep(host.Networks, Path.Combine(path, "networks"), FakeHostJson.Default.HostNetwork);
        folder.Keep(host.Ports, Path.Combine(path, "ports"), FakeHostJson.Default.HostPort);
        folder.Keep(host.Routers, Path.Combine(path, "routers"), FakeHostJson.Default.HostRouter);
        folder.Keep(host.Volumes, Path.Combine(path, "volumes"), FakeHostJson.Default.FakeVolume);
        folder.Keep(host.Names, Path.Combine(path, "names"), FakeHostJson.Default.IReadOnlyListHostName);
        host.Changed = () => folder.kinds.ForEach(write => write());
        return host;
    }

    private void Keep<T>(SortedDictionary<string, T> records, string path, JsonTypeInfo<T> type)
        where T : class
    {
        SafeFile.MakeFolder(path);
        foreach (var file in Directory.EnumerateFiles(path, "*.json"))
            records[Path.GetFileNameWithoutExtension(file)] = JsonSerializer.Deserialize(File.ReadAllText(file), type)!;
        var written = new Dictionary<string, T>(records);
        kinds.Add(() => Write(records, written, path, type));
    }

    /// <summary>Records are never changed in place: one that is the same object is the same record.</summary>
    private static void Write<T>(
        SortedDictionary<string, T> records,
        Dictionary<string, T> written,
        string path,
        JsonTypeInfo<T> type
    )
        where T : class
    {
        foreach (var (id, record) in records)
        {
            if (written.GetValueOrDefault(id) == (object)record)
                continue;
            var half = Path.Combine(path, $"{id}.new");
            File.WriteAllText(half, JsonSerializer.Serialize(record, type));
            File.Move(half, Path.Combine(path, $"{id}.json"), overwrite: true);
            written[id] = record;
        }
        if (written.Count == records.Count)
            return;
        foreach (var id in written.Keys.Where(id => !records.ContainsKey(id)).ToList())
        {
            File.Delete(Path.Combine(path, $"{id}.json"));
            written.Remove(id);
        }
    }
}

[JsonSerializable(typeof(FakeGuest))]
[JsonSerializable(typeof(FakeDisk))]
[JsonSerializable(typeof(HostNetwork))]
[JsonSerializable(typeof(HostPort))]
[JsonSerializable(typeof(HostRouter))]
[JsonSerializable(typeof(FakeVolume))]
[JsonSerializable(typeof(IReadOnlyList<HostName>))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class FakeHostJson : JsonSerializerContext;
