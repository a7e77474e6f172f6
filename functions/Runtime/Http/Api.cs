using System.Collections.Frozen;

namespace Pipeline.Runtime;

/// <summary>How an API words its faults.</summary>
public enum FaultStyle
{
    /// <summary>An object keyed by the fault's name: Nova and Cinder.</summary>
    Keyed,
    Keystone,
    Glance,
    Neutron,
    Placement,
    Ours,
}

/// <summary>One API of the cloud, known by the first segment of its paths.</summary>
/// <param name="Name">The service type, as microversion headers write it.</param>
/// <param name="ToleratesSlash">Answers every path with a trailing slash as without; others do so for version documents only.</param>
/// <param name="ProjectAfter">The prefix after which clients may put their project's id.</param>
public sealed record Api(string Name, FaultStyle Style, bool ToleratesSlash = false, string? ProjectAfter = null)
{
    public static Api Identity { get; } = new("identity", FaultStyle.Keystone, ToleratesSlash: true);
    public static Api Compute { get; } = new("compute", FaultStyle.Keyed, ProjectAfter: "compute/v2.1");
    public static Api Image { get; } = new("image", FaultStyle.Glance);
    public static Api Network { get; } = new("network", FaultStyle.Neutron, ToleratesSlash: true);
    public static Api Volume { get; } = new("volume", FaultStyle.Keyed, ProjectAfter: "volume/v3");
    public static Api Placement { get; } = new("placement", FaultStyle.Placement);
    public static Api Ours { get; } = new("pipeline", FaultStyle.Ours);

    private static readonly FrozenDictionary<string, Api>.AlternateLookup<ReadOnlySpan<char>> ByPrefix = new Dictionary<
        string,
        Api
    >
    {
        [""] = Identity,
        ["identity"] = Identity,
        ["v3"] = Identity,
        ["compute"] = Compute,
        ["image"] = Image,
        ["network"] = Network,
        ["volume"] = Volume,
        ["placement"] = Placement,
    }
        .ToFrozenDictionary()
        .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <param name="path">A path without its leading slash.</param>
    public static Api Of(ReadOnlySpan<char> path)
    {
        var end = path.IndexOf('/');
        return ByPrefix.TryGetValue(end < 0 ? path : path[..end], out var api) ? api : Ours;
    }
}
