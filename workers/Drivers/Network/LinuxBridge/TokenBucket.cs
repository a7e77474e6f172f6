using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>A limit as the kernel's token bucket filter takes it. Pure.</summary>
/// <param name="Kbps">In 1,000 bits a second.</param>
/// <param name="Burst">In bytes.</param>
/// <param name="Queue">In bytes: what waits beyond it is dropped.</param>
internal sealed record TokenBucket(int Kbps, long Burst, long Queue)
{
    /// <summary>As the kernel names it.</summary>
    public const string Kind = "tbf";

    private const int BytesPerKilobit = 125;

    // A bucket that is smaller than a frame lets none pass; two of them keep the rate between two ticks of a slow one.
    private const int SmallestFrames = 2;
    private const int EthernetHeader = 18;

    // Guests hand over up to this much as one packet, which waits as a whole (GSO).
    private const int LargestPacket = 64 * 1024;

    // The kernel counts both in 32 bits.
    private const long Largest = 1L << 30;

    public static TokenBucket Of(HostLimit limit, int mtu)
    {
        var frame = mtu + EthernetHeader;
        var second = (long)limit.Kbps * BytesPerKilobit;
        return new(
            limit.Kbps,
            Math.Clamp((long)limit.BurstKbits * BytesPerKilobit, SmallestFrames * frame, Largest),
            Math.Clamp(second / 10, LargestPacket + SmallestFrames * frame, Largest)
        );
    }

    /// <summary>The line of `tc` that makes it a device's queue, or changes the one that is there.</summary>
    public string On(string device) =>
        $"qdisc replace dev {device} root {Kind} rate {Kbps}kbit burst {Burst} limit {Queue}";
}
