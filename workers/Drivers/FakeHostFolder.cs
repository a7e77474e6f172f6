using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers;

/// <summary>
/// Keeps a <see cref="FakeHost"/> in a folder, a file of lines for each kind of record, so that it outlives its agent's process.
/// It is not flushed to the disk: what is made of records may go with the machine.
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
        folder.Keep(host.Unmanaged, Path.Combine(path, "unmanaged"), FakeHostJson.Default.FakeUnmanaged);
        folder.Keep(host.Names, Path.Combine(path, "names"), FakeHostJson.Default.IReadOnlyListHostName);
        host.Changed = () => folder.kinds.ForEach(write => write());
        return host;
    }

    private void Keep<T>(SortedDictionary<string, T> records, string path, JsonTypeInfo<T> type)
        where T : class
    {
        var file = new FakeRecords<T>($"{path}.lines", type);
        file.ReadInto(records);
        kinds.Add(() => file.Write(records));
    }
}

/// <summary>Records of one kind as lines of a file, the newest last: an id, and the record's JSON or nothing when it is gone.</summary>
internal sealed class FakeRecords<T>(string path, JsonTypeInfo<T> type)
    where T : class
{
    private const int Slack = 10_000; // lines that say nothing any more, before the file is written anew
    private readonly Dictionary<string, T> written = [];
    private int lines;

    public void ReadInto(SortedDictionary<string, T> records)
    {
        SafeFile.MakeFolder(Path.GetDirectoryName(path)!);
        var text = File.Exists(path) ? File.ReadAllText(path) : "";
        // What follows the last end of a line was being written when the agent was killed.
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var (id, json) = (Uri.UnescapeDataString(line[..line.IndexOf(' ')]), line[(line.IndexOf(' ') + 1)..]);
            if (json.Length == 0)
                records.Remove(id);
            else
                records[id] = JsonSerializer.Deserialize(json, type)!;
        }
        if (text.Length > 0)
            Rewrite(records);
    }

    /// <summary>Records are never changed in place: one that is the same object is the same record.</summary>
    public void Write(SortedDictionary<string, T> records)
    {
        var news = new StringBuilder();
        foreach (var (id, record) in records)
            if (written.GetValueOrDefault(id) != (object)record)
                Say(news, id, record);
        if (written.Count != records.Count)
            foreach (var id in written.Keys.Where(id => !records.ContainsKey(id)).ToList())
                Say(news, id, null);
        if (news.Length == 0)
            return;
        if (lines > records.Count + Slack)
            Rewrite(records);
        else
            File.AppendAllText(path, news.ToString());
    }

    private void Rewrite(SortedDictionary<string, T> records)
    {
        (lines, var all) = (0, new StringBuilder());
        foreach (var (id, record) in records)
            Say(all, id, record);
        File.WriteAllText(path + ".new", all.ToString());
        File.Move(path + ".new", path, overwrite: true);
    }

    private void Say(StringBuilder to, string id, T? record)
    {
        to.Append(Uri.EscapeDataString(id)).Append(' ');
        if (record is null)
            written.Remove(id);
        else
        {
            written[id] = record;
            to.Append(JsonSerializer.Serialize(record, type));
        }
        to.Append('\n');
        lines++;
    }
}

[JsonSerializable(typeof(FakeGuest))]
[JsonSerializable(typeof(FakeDisk))]
[JsonSerializable(typeof(HostNetwork))]
[JsonSerializable(typeof(HostPort))]
[JsonSerializable(typeof(HostRouter))]
[JsonSerializable(typeof(FakeVolume))]
[JsonSerializable(typeof(FakeUnmanaged))]
[JsonSerializable(typeof(IReadOnlyList<HostName>))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class FakeHostJson : JsonSerializerContext;
