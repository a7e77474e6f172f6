namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>The namespaces of networks, as iproute2 names them.</summary>
/// <param name="Host">Tells this host from others on the same machine; null where it is alone there.</param>
internal sealed record Spaces(string? Host)
{
    private const string Folder = "/run/netns";
    private const string Ours = "pl-";

    private string Prefix => Host is null ? Ours : $"{Ours}{Host}-";

    public string NameOf(NetworkId id) => Prefix + id;

    public string PathOf(NetworkId id) => PathOf(NameOf(id));

    public static string PathOf(string name) => Path.Combine(Folder, name);

    public bool Exists(NetworkId id) => All().Contains(id);

    /// <summary>Networks that have a namespace here, of whichever cloud: names that are mounted, not merely files.</summary>
    public IEnumerable<NetworkId> All()
    {
        var head = Path.Combine(Folder, Prefix);
        foreach (var line in File.ReadLines("/proc/self/mountinfo"))
            if (line.Split(' ') is [_, _, _, _, var point, ..] && point.StartsWith(head, StringComparison.Ordinal))
                if (NetworkId.TryParse(point[head.Length..], out var id))
                    yield return id;
    }
}
