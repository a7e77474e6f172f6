using Pipeline.Network.Wire;

namespace Pipeline.Network.Types;

/// <summary>What an admin asked of a network's segment; all null for a tenant's network.</summary>
internal sealed record ProviderRequest(string? Type, string? PhysicalNetwork, int? SegmentationId)
{
    /// <summary>The attribute that lists segments, of which a network here has one.</summary>
    public const string Many = "segments";

    private const string TypeName = "provider:network_type";
    private const string PhysicalName = "provider:physical_network";
    private const string NumberName = "provider:segmentation_id";

    /// <summary>What is asked of the network itself, or of the one segment in its list.</summary>
    /// <exception cref="Fault">BadRequest for both ways at once, and for more segments than a network can have.</exception>
    public static ProviderRequest Read(Fields item)
    {
        var single = Of(item);
        if (item.Nullable(Many)?.Array().Select(Named).ToList() is not { Count: > 0 } listed)
            return single;
        if (single != new ProviderRequest(null, null, null))
            throw NeutronFault.Bad(
                "SegmentsSetInConjunctionWithProviders",
                "Segments and provider values cannot both be set."
            );
        if (listed.Count > listed.Distinct().Count())
            throw NeutronFault.Bad("SegmentsContainDuplicateEntry", "Duplicate segment entry in request.");
        if (listed.Count > 1)
            throw NeutronFault.InvalidInput(
                "a network here has one segment: its hosts carry its frames one way, and nothing joins several."
            );
        return listed[0];
    }

    private static ProviderRequest Named(Field segment)
    {
        var fields = segment.Object();
        fields.Only(TypeName, PhysicalName, NumberName);
        var read = Of(fields);
        return read.Type is null ? throw NeutronFault.InvalidInput("network_type required.") : read;
    }

    private static ProviderRequest Of(Fields item) =>
        new(
            item.Nullable(TypeName)?.String(),
            item.Nullable(PhysicalName)?.String(),
            item.Nullable(NumberName)?.Int(text: true)
        );
}
