using Pipeline.Data;

namespace Pipeline.Network.Types;

/// <summary>The type drivers by name, and the one that tenants' networks get.</summary>
internal sealed class SegmentTypes(IEnumerable<ISegmentType> types, NetworkOptions options)
{
    private readonly Dictionary<string, ISegmentType> byName = types.ToDictionary(t => t.Name);

    /// <summary>The largest MTU of a network of this segment.</summary>
    /// <exception cref="Fault">BadRequest when this cloud has no such segment.</exception>
    public int Check(ProviderRequest asked)
    {
        var type = TypeOf(asked);
        type.Check(asked);
        return options.Mtu - type.Overhead;
    }

    /// <exception cref="Fault">Conflict when the segment is taken, or none is left.</exception>
    public ValueTask<Segment> ReserveAsync(Tx tx, ProviderRequest asked) => TypeOf(asked).ReserveAsync(tx, asked);

    /// <summary>The largest MTU of a network that has its segment already.</summary>
    public int MtuOf(string type) => options.Mtu - byName[type].Overhead;

    private ISegmentType TypeOf(ProviderRequest asked)
    {
        if (asked.Type is null && (asked.PhysicalNetwork is not null || asked.SegmentationId is not null))
            throw NeutronFault.InvalidInput("network_type required.");
        return byName.GetValueOrDefault(asked.Type ?? options.TenantType)
            ?? throw NeutronFault.InvalidInput($"network_type value '{asked.Type}' not supported.");
    }
}
