using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>A program in the kernel, checked there (bpf(2)): it lasts as long as this handle, or as what it is attached to.</summary>
internal static class BpfProgram
{
    private const int ProgramLoad = 5; // BPF_PROG_LOAD
    private const uint Classifier = 3; // BPF_PROG_TYPE_SCHED_CLS
    private const int LoadBytes = 48; // what there was of the argument when the kernel first had it

    // Two of the machines that .NET is on; the call has a number of its own on each.
    private static nint CallNumber => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 280 : 321;

    /// <exception cref="IOException">The kernel does not take it: it has no such programs, or the caller may not.</exception>
    public static SafeFileHandle Load(IReadOnlyList<BpfInstruction> program)
    {
        var instructions = GCHandle.Alloc(Bpf.Assemble(program), GCHandleType.Pinned);
        var license = GCHandle.Alloc(Encoding.ASCII.GetBytes("none\0"), GCHandleType.Pinned);
        try
        {
            var argument = new byte[LoadBytes];
            BinaryPrimitives.WriteUInt32LittleEndian(argument, Classifier);
            BinaryPrimitives.WriteInt32LittleEndian(argument.AsSpan(4), program.Count);
            BinaryPrimitives.WriteInt64LittleEndian(argument.AsSpan(8), instructions.AddrOfPinnedObject());
            BinaryPrimitives.WriteInt64LittleEndian(argument.AsSpan(16), license.AddrOfPinnedObject());
            var descriptor = syscall(CallNumber, ProgramLoad, argument, LoadBytes);
            return descriptor >= 0
                ? new SafeFileHandle(descriptor, ownsHandle: true)
                : throw new IOException($"bpf(2): {Marshal.GetLastPInvokeErrorMessage()}");
        }
        finally
        {
            license.Free();
            instructions.Free();
        }
    }

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint syscall(nint number, nint command, byte[] argument, nint length);
}
