using Pipeline.Data;

namespace Pipeline.Network.Types.Vxlan;

/// <summary>Ethernet in UDP (RFC 7348).</summary>
internal sealed class VxlanType(NetworkOptions options) : ISegmentType
{
    public string Name => "vxlan";

    /// <summary>Outer IPv4 (20), UDP (8) and VXLAN (8) headers, and the inner Ethernet header (14).</summary>
    public int Overhead => 50;

    public void Check(ProviderRequest asked) => Tunnels.Check(Name, asked);

    public ValueTask<Segment> ReserveAsync(Tx tx, ProviderRequest asked) =>
        Tunnels.ReserveAsync(tx, Name, options.Tunnels, asked);
}
