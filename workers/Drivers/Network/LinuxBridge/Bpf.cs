using System.Buffers.Binary;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>One instruction of a program that the kernel runs on frames (linux/bpf.h).</summary>
/// <param name="Jump">The label where it goes on when it does not go on behind itself; null for no such.</param>
internal sealed record BpfInstruction(byte Code, byte Target, byte Source, int Value, short Offset = 0)
{
    public const int Size = 8;

    public string? Jump { get; init; }

    /// <summary>What others call it; null for no name.</summary>
    public string? Label { get; init; }
}

/// <summary>The few instructions that tags need, by what they do. Pure.</summary>
internal static class Bpf
{
    public static BpfInstruction Set(byte register, int value) => new(0xb7, register, 0, value);

    public static BpfInstruction Copy(byte register, byte from) => new(0xbf, register, from, 0);

    /// <summary>32 bits of the frame's description (struct __sk_buff).</summary>
    public static BpfInstruction Load(byte register, byte from, short offset) => new(0x61, register, from, 0, offset);

    public static BpfInstruction And(byte register, int mask) => new(0x57, register, 0, mask);

    public static BpfInstruction JumpUnless(byte register, int value, string label) =>
        new(0x55, register, 0, value) { Jump = label };

    public static BpfInstruction Call(int helper) => new(0x85, 0, 0, helper);

    public static BpfInstruction Exit() => new(0x95, 0, 0, 0);

    /// <exception cref="InvalidOperationException">A jump to a label that is not behind it.</exception>
    public static byte[] Assemble(IReadOnlyList<BpfInstruction> program)
    {
        var bytes = new byte[program.Count * BpfInstruction.Size];
        for (var at = 0; at < program.Count; at++)
        {
            var line = program[at];
            var into = bytes.AsSpan(at * BpfInstruction.Size);
            into[0] = line.Code;
            into[1] = (byte)((line.Source << 4) | line.Target);
            BinaryPrimitives.WriteInt16LittleEndian(into[2..], line.Jump is null ? line.Offset : Way(program, at));
            BinaryPrimitives.WriteInt32LittleEndian(into[4..], line.Value);
        }
        return bytes;
    }

    private static short Way(IReadOnlyList<BpfInstruction> program, int from)
    {
        for (var to = from + 1; to < program.Count; to++)
            if (program[to].Label == program[from].Jump)
                return (short)(to - from - 1);
        throw new InvalidOperationException($"nothing behind {from} is called '{program[from].Jump}'");
    }
}
