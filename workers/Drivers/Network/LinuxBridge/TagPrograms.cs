namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>
/// The programs that give frames a tag or take it from them. Two join a trunk's guest with one of its ports; two more stand at the
/// outer end of a network's pair into a physical network, and let pass the frames of its VLAN alone. Pure.
/// </summary>
internal static class TagPrograms
{
    // struct __sk_buff, linux/bpf.h: offsets of what the kernel knows of a frame's tag.
    private const short HasTag = 20;
    private const short Tag = 24;
    private const short TagProtocol = 28;

    // Helpers by their numbers there.
    private const int PushTag = 18;
    private const int PopTag = 19;
    private const int Redirect = 23;

    // linux/pkt_cls.h: left to the next filter, let pass, or dropped.
    private const int Unspecified = -1;
    private const int Pass = 0;
    private const int Shot = 2;

    // 802.1Q in the network's order of bytes, as this machine reads it.
    private static readonly int Dot1Q = BitConverter.IsLittleEndian ? 0x0081 : 0x8100;

    // The upper bits are a frame's priority.
    private const int NumberBits = 0xfff;

    /// <summary>Takes the tag off frames that have it, and sends them out by another device; leaves all others as they are.</summary>
    /// <param name="device">The other device's number.</param>
    public static IReadOnlyList<BpfInstruction> Untag(int vlan, int device) =>
        [
            .. PopOf(vlan, "other"),
            .. SendTo(device),
            Bpf.Set(0, Unspecified) with
            {
                Label = "other",
            },
            Bpf.Exit(),
            .. Drop,
        ];

    /// <summary>Gives each frame the tag, and sends it out by another device.</summary>
    /// <param name="device">The other device's number.</param>
    public static IReadOnlyList<BpfInstruction> TagAll(int vlan, int device) =>
        [.. Push(vlan), .. SendTo(device), .. Drop];

    /// <summary>Lets pass the frames that have the tag, without it, and no others.</summary>
    public static IReadOnlyList<BpfInstruction> Enter(int vlan) => [.. PopOf(vlan, "failed"), .. Go, .. Drop];

    /// <summary>Lets each frame pass with the tag.</summary>
    public static IReadOnlyList<BpfInstruction> Leave(int vlan) => [.. Push(vlan), .. Go, .. Drop];

    /// <param name="other">Where it goes on with frames that have another tag or none.</param>
    private static IEnumerable<BpfInstruction> PopOf(int vlan, string other) =>
        [
            Bpf.Copy(6, 1), // a call keeps none of the registers 1 to 5
            Bpf.Load(2, 6, HasTag),
            Bpf.JumpUnless(2, 1, other),
            Bpf.Load(2, 6, TagProtocol),
            Bpf.JumpUnless(2, Dot1Q, other),
            Bpf.Load(2, 6, Tag),
            Bpf.And(2, NumberBits),
            Bpf.JumpUnless(2, vlan, other),
            Bpf.Copy(1, 6),
            Bpf.Call(PopTag),
            Bpf.JumpUnless(0, 0, "failed"),
        ];

    private static IEnumerable<BpfInstruction> Push(int vlan) =>
        [Bpf.Set(2, Dot1Q), Bpf.Set(3, vlan), Bpf.Call(PushTag), Bpf.JumpUnless(0, 0, "failed")];

    private static IEnumerable<BpfInstruction> Go => [Bpf.Set(0, Pass), Bpf.Exit()];

    private static IEnumerable<BpfInstruction> SendTo(int device) =>
        [Bpf.Set(1, device), Bpf.Set(2, 0), Bpf.Call(Redirect), Bpf.Exit()];

    private static IEnumerable<BpfInstruction> Drop => [Bpf.Set(0, Shot) with { Label = "failed" }, Bpf.Exit()];
}
