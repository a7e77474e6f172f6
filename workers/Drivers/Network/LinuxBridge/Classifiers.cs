using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>Where a device's frames meet programs, as linux/pkt_sched.h numbers it.</summary>
internal enum Hook : uint
{
    /// <summary>What comes in by the device.</summary>
    Ingress = 0xfffffff2,

    /// <summary>What leaves by it.</summary>
    Egress = 0xfffffff3,
}

/// <summary>
/// Programs on devices of the namespace that the calling thread is in (rtnetlink): `tc` reads a program from a file of a
/// file system that is not mounted everywhere, the kernel takes the handle itself.
/// </summary>
internal static class Classifiers
{
    // linux/rtnetlink.h, linux/netlink.h, linux/pkt_sched.h, linux/pkt_cls.h
    private const ushort NewQueue = 36;
    private const ushort NewFilter = 44;
    private const ushort DeleteFilter = 45;
    private const ushort RequestAndAnswer = 1 | 4;
    private const ushort Create = 0x400;
    private const ushort Exclusive = 0x200;
    private const uint QueueOfHooks = 0xffff0000;
    private const uint ParentOfHooks = 0xfffffff1;
    private const ushort Kind = 1;
    private const ushort Options = 2;
    private const ushort ProgramHandle = 6;
    private const ushort ProgramName = 7;
    private const ushort Flags = 8;
    private const uint DirectAction = 1;
    private const ushort AllProtocols = 3; // ETH_P_ALL
    private const int FirstHandle = 1;

    private const int AfNetlink = 16;
    private const int SockRaw = 3;
    private const int HeaderBytes = 16;
    private const int ErrorMessage = 2;
    private const int FileExists = 17; // EEXIST
    private static readonly int[] Absent = [2, 19, 22]; // ENOENT, ENODEV, EINVAL: no filter, no device, no hook

    /// <summary>Does what is done with devices of a namespace (as iproute2 names it; null: the process's own).</summary>
    /// <param name="failed">What cannot be when the kernel refuses.</param>
    /// <exception cref="Fault">DriverFailed, with the kernel's word.</exception>
    public static void Within(string? space, string failed, Action act)
    {
        try
        {
            if (space is null)
                act();
            else
                NetworkNamespace.Inside(Spaces.PathOf(space), () => Done(act));
        }
        catch (IOException cause)
        {
            throw new Fault(FaultCode.DriverFailed, $"{failed}: {cause.Message}");
        }
    }

    /// <summary>Gives a device the hooks; one that has them keeps what is on them.</summary>
    /// <exception cref="IOException">The kernel's word.</exception>
    public static void EnsureHooks(int device)
    {
        var error = Ask(
            NewQueue,
            Create | Exclusive,
            [.. About(device, QueueOfHooks, ParentOfHooks, 0), .. KindOf("clsact")]
        );
        if (error is not (0 or FileExists))
            throw Failed(error);
    }

    /// <summary>Puts a program on a hook, in the place of the one that has the same preference.</summary>
    /// <param name="preference">From 1; the lower comes first.</param>
    /// <exception cref="IOException">The kernel's word.</exception>
    public static void Attach(int device, Hook hook, ushort preference, SafeFileHandle program)
    {
        byte[] options =
        [
            .. Property(ProgramHandle, Bytes((uint)program.DangerousGetHandle())),
            .. Property(ProgramName, Text("pipeline")),
            .. Property(Flags, Bytes(DirectAction)),
        ];
        byte[] body =
        [
            .. About(device, FirstHandle, (uint)hook, Place(preference)),
            .. KindOf("bpf"),
            .. Property(Options, options),
        ];
        if (Ask(NewFilter, Create, body) is var error and not 0)
            throw Failed(error);
    }

    /// <summary>Absent is success.</summary>
    /// <exception cref="IOException">The kernel's word.</exception>
    public static void Detach(int device, Hook hook, ushort preference)
    {
        var error = Ask(DeleteFilter, 0, About(device, 0, (uint)hook, Place(preference)));
        if (error != 0 && !Absent.Contains(error))
            throw Failed(error);
    }

    private static bool Done(Action act)
    {
        act();
        return true;
    }

    private static IOException Failed(int error) => new($"rtnetlink: {Marshal.GetPInvokeErrorMessage(error)}");

    /// <returns>The kernel's error; 0 for none.</returns>
    private static int Ask(ushort type, ushort flags, byte[] body)
    {
        using var netlink = new SafeFileHandle(socket(AfNetlink, SockRaw, 0), ownsHandle: true);
        var question = new byte[HeaderBytes + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(question, question.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(question.AsSpan(4), type);
        BinaryPrimitives.WriteUInt16LittleEndian(question.AsSpan(6), (ushort)(RequestAndAnswer | flags));
        body.CopyTo(question, HeaderBytes);
        var answer = new byte[8192];
        if (netlink.IsInvalid || send(netlink, question, question.Length, 0) != question.Length)
            throw new IOException($"rtnetlink: {Marshal.GetLastPInvokeErrorMessage()}");
        // The kernel answers while it is asked.
        var length = (int)recv(netlink, answer, answer.Length, 0);
        if (length < HeaderBytes + 4 || BinaryPrimitives.ReadUInt16LittleEndian(answer.AsSpan(4)) != ErrorMessage)
            throw new IOException("rtnetlink did not answer");
        return -BinaryPrimitives.ReadInt32LittleEndian(answer.AsSpan(HeaderBytes));
    }

    /// <summary>struct tcmsg.</summary>
    private static byte[] About(int device, uint handle, uint parent, uint info)
    {
        var about = new byte[20];
        BinaryPrimitives.WriteInt32LittleEndian(about.AsSpan(4), device);
        BinaryPrimitives.WriteUInt32LittleEndian(about.AsSpan(8), handle);
        BinaryPrimitives.WriteUInt32LittleEndian(about.AsSpan(12), parent);
        BinaryPrimitives.WriteUInt32LittleEndian(about.AsSpan(16), info);
        return about;
    }

    private static uint Place(ushort preference) =>
        ((uint)preference << 16) | BinaryPrimitives.ReverseEndianness(AllProtocols);

    private static byte[] KindOf(string name) => Property(Kind, Text(name));

    private static byte[] Text(string text) => Encoding.ASCII.GetBytes(text + "\0");

    private static byte[] Bytes(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        return bytes;
    }

    /// <summary>struct rtattr and what it is about, filled up to four bytes.</summary>
    private static byte[] Property(ushort type, byte[] value)
    {
        var property = new byte[4 + ((value.Length + 3) & ~3)];
        BinaryPrimitives.WriteUInt16LittleEndian(property, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(property.AsSpan(2), type);
        value.CopyTo(property, 4);
        return property;
    }

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int socket(int family, int kind, int protocol);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint send(SafeFileHandle socket, byte[] message, nint length, int flags);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint recv(SafeFileHandle socket, [Out] byte[] message, nint length, int flags);
}
