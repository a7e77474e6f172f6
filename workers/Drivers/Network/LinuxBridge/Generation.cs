using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>
/// Which state the rules of a network namespace are in: the kernel counts the transactions of nft, whoever's they are. So
/// what was loaded stands untouched while the number is the same.
/// </summary>
/// <param name="Space">The namespace itself, not its name: the next one under the same name counts anew.</param>
internal readonly record struct Generation(string Space, uint Number)
{
    // linux/netlink.h, linux/netfilter/nfnetlink.h and nf_tables.h: NETLINK_NETFILTER, NFT_MSG_GETGEN, NFTA_GEN_ID.
    private const int AfNetlink = 16;
    private const int SockRaw = 3;
    private const int NetlinkNetfilter = 12;
    private const ushort GetGen = (10 << 8) | 16;
    private const ushort NewGen = (10 << 8) | 15;
    private const ushort Request = 1;
    private const ushort GenId = 1;
    private const int DontWait = 0x40;
    private const int HeaderBytes = 16;
    private const int MessageBytes = HeaderBytes + 4;

    /// <summary>What one more transaction makes of it; the kernel leaves 0 out.</summary>
    public Generation Next => this with { Number = Number == uint.MaxValue ? 1 : Number + 1 };

    /// <returns>Null where there is no namespace at the path, or the kernel does not say.</returns>
    public static Generation? Of(string path)
    {
        try
        {
            return NetworkNamespace.Inside(path, Read);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static Generation? Read()
    {
        using var netlink = new SafeFileHandle(socket(AfNetlink, SockRaw, NetlinkNetfilter), ownsHandle: true);
        var question = new byte[MessageBytes];
        BinaryPrimitives.WriteInt32LittleEndian(question, question.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(question.AsSpan(4), GetGen);
        BinaryPrimitives.WriteUInt16LittleEndian(question.AsSpan(6), Request);
        var answer = new byte[512];
        // The kernel answers while it is asked, so there is nothing to wait for.
        if (netlink.IsInvalid || send(netlink, question, question.Length, 0) != question.Length)
            return null;
        var length = (int)recv(netlink, answer, answer.Length, DontWait);
        return NumberIn(answer.AsSpan(0, Math.Max(length, 0))) is { } number
            ? new(new FileInfo("/proc/thread-self/ns/net").LinkTarget ?? "", number)
            : null;
    }

    private static uint? NumberIn(ReadOnlySpan<byte> answer)
    {
        if (answer.Length < MessageBytes || BinaryPrimitives.ReadUInt16LittleEndian(answer[4..]) != NewGen)
            return null;
        for (var rest = answer[MessageBytes..]; rest.Length >= 8; )
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            if (BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) == GenId)
                return BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
            rest = rest[Math.Clamp((length + 3) & ~3, 4, rest.Length)..];
        }
        return null;
    }

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int socket(int family, int kind, int protocol);

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint send(SafeFileHandle socket, byte[] message, nint length, int flags);

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint recv(SafeFileHandle socket, [Out] byte[] message, nint length, int flags);
}
