using Pipeline.Data;

namespace Pipeline.Network.Types;

/// <summary>What tunnelled segments share: a number of 24 bits, and no physical network.</summary>
internal static class Tunnels
{
    public const int Last = (1 << 24) - 1;

    public static void Check(string type, ProviderRequest asked)
    {
        if (asked.PhysicalNetwork is not null)
            throw NeutronFault.InvalidInput($"provider:physical_network specified for {type} network.");
        if (asked.SegmentationId is < 1 or > Last)
            throw NeutronFault.InvalidInput($"segmentation_id out of range (1 through {Last}).");
    }

    public static async ValueTask<Segment> ReserveAsync(Tx tx, string type, NumberRange range, ProviderRequest asked)
    {
        if (asked.SegmentationId is not { } wanted)
            return new(type, null, await range.NextAsync(tx, type, "") ?? throw NeutronFault.NoSegmentLeft());
        await tx.TakeCursorAsync(type, "");
        return await tx.HasSegmentAsync(type, "", wanted)
            ? throw Fault.Conflict($"Unable to create the network. The tunnel ID {wanted} is in use.", "TunnelIdInUse")
            : new(type, null, wanted);
    }
}
