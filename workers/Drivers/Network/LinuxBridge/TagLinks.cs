using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>The outer end of a pair whose inner end is the bridge's port of a port that its guest has by a tag.</summary>
internal sealed record TaggedEnd(PortId Port, HostTag Tag, Link Link);

/// <summary>
/// Joins ports that have no device of their own with the tap of their parents, by programs in the kernel (<see cref="TagPrograms"/>).
/// Which these are, the aliases of their devices say.
/// </summary>
/// <remarks>
/// What a tap's guest sends leaves by the leg into its network: there the tag's own frames turn off. All others go on, and meet
/// the filter, which lets none pass that has a tag.
/// </remarks>
internal sealed class TagLinks(LinuxBridgeOptions options, Links links)
{
    private const ushort Only = 1;

    /// <summary>The ports that a port has by tags, or itself where it is one.</summary>
    public IReadOnlyList<TaggedEnd> Of(PortId id, IEnumerable<Link> outside) =>
        [.. outside.Select(EndOf).OfType<TaggedEnd>().Where(end => end.Port == id || end.Tag.Parent == id)];

    /// <summary>Whether a device stands for a port that has none of its own.</summary>
    public bool IsEnd(Link link) => EndOf(link) is not null;

    /// <summary>Joins what is there of a port and its parent, or of a parent and its ports; the rest when it comes.</summary>
    /// <exception cref="Fault">DriverFailed, saying that it is the trunk which cannot be.</exception>
    public async Task JoinAsync(PortId id, CancellationToken ct)
    {
        var outside = await links.ListAsync(null, ct);
        var devices = outside.ToDictionary(link => link.Name);
        foreach (var end in Of(id, outside))
            if (
                devices.TryGetValue(Names.Guest(end.Tag.Parent), out var tap)
                && devices.TryGetValue(Names.Leg(end.Tag.Parent), out var leg)
            )
                Classifiers.Within(
                    options.HostNamespace,
                    $"port {end.Port} cannot be had by a tag on this host",
                    () => Join(end, tap, leg)
                );
    }

    /// <summary>Takes the tag of an end that goes off its parent. Absent is success.</summary>
    public void Part(TaggedEnd end, IEnumerable<Link> outside)
    {
        if (outside.FirstOrDefault(link => link.Name == Names.Leg(end.Tag.Parent)) is { } leg)
            Classifiers.Within(
                options.HostNamespace,
                $"the tag {end.Tag.Vlan} of port {end.Tag.Parent} cannot be taken off",
                () => Classifiers.Detach(leg.Index, Hook.Egress, (ushort)end.Tag.Vlan)
            );
    }

    private static void Join(TaggedEnd end, Link tap, Link leg)
    {
        // What comes back first: the guest is not heard before it can be answered.
        Classifiers.EnsureHooks(end.Link.Index);
        using var tag = BpfProgram.Load(TagPrograms.TagAll(end.Tag.Vlan, tap.Index));
        Classifiers.Attach(end.Link.Index, Hook.Ingress, Only, tag);
        using var untag = BpfProgram.Load(TagPrograms.Untag(end.Tag.Vlan, end.Link.Index));
        Classifiers.EnsureHooks(leg.Index);
        Classifiers.Attach(leg.Index, Hook.Egress, (ushort)end.Tag.Vlan, untag);
    }

    private TaggedEnd? EndOf(Link link) =>
        Names.TryReadTag(options.Cloud, link.Alias, out var port, out var tag) && link.Name == Names.Leg(port)
            ? new(port, tag, link)
            : null;
}
