using Pipeline.Data;

namespace Pipeline.Network.Types.Geneve;

/// <summary>Ethernet in UDP with options (RFC 8926). No mechanism here carries it yet: ports on such a network are not bound.</summary>
internal sealed class GeneveType(NetworkOptions options) : ISegmentType
{
    public string Name => "geneve";

    /// <summary>As VXLAN, and 8 bytes of options, as Open vSwitch's mechanisms use them.</summary>
    public int Overhead => 58;

    public void Check(ProviderRequest asked) => Tunnels.Check(Name, asked);

    public ValueTask<Segment> ReserveAsync(Tx tx, ProviderRequest asked) =>
        Tunnels.ReserveAsync(tx, Name, options.Tunnels, asked);
}
