using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>A guest that holds a tap as a hypervisor does and puts on the wire whatever it likes.</summary>
internal sealed class RawGuest : IDisposable
{
    private const int ReadWrite = 2;
    private const int NonBlocking = 0x800;
    private const nuint SetInterface = 0x400454ca; // TUNSETIFF
    private const short TapWithoutHeader = 0x1002; // IFF_TAP | IFF_NO_PI

    private readonly SafeFileHandle _tap;

    private RawGuest(SafeFileHandle tap) => _tap = tap;

    /// <param name="space">The namespace in which the tap lies.</param>
    public static RawGuest Hold(string space, string device) =>
        Inside.Run(
            space,
            () =>
            {
                var tap = new SafeFileHandle(
                    open(Encoding.ASCII.GetBytes("/dev/net/tun\0"), ReadWrite | NonBlocking),
                    true
                );
                var request = new byte[40];
                Encoding.ASCII.GetBytes(device).CopyTo(request, 0);
                BitConverter.GetBytes(TapWithoutHeader).CopyTo(request, 16);
                return ioctl(tap, SetInterface, request) == 0
                    ? new RawGuest(tap)
                    : throw new InvalidOperationException($"TUNSETIFF failed with {Marshal.GetLastPInvokeError()}");
            }
        );

    public void Send(byte[] frame) => Assert.Equal(frame.Length, (int)write(_tap, frame, (nuint)frame.Length));

    /// <summary>Sends a frame until it arrives: the kernel takes up to a second to see that a link is up.</summary>
    /// <param name="arriving">What it is there; null for the same.</param>
    public Task ReachesAsync(RawGuest other, byte[] frame, byte[]? arriving = null) =>
        Eventually.IsTrueAsync(
            () =>
            {
                Send(frame);
                var arrived = false;
                while (other.TryReceive() is { } received)
                    arrived |= received.SequenceEqual(arriving ?? frame);
                return Task.FromResult(arrived);
            },
            "a frame gets through"
        );

    /// <summary>The frames that came in until the one that is waited for, that one included.</summary>
    public async Task<IReadOnlyList<byte[]>> ReceiveUntilAsync(Func<byte[], bool> isLast)
    {
        var frames = new List<byte[]>();
        await Eventually.IsTrueAsync(
            () =>
            {
                while (TryReceive() is { } frame)
                {
                    frames.Add(frame);
                    if (isLast(frame))
                        return Task.FromResult(true);
                }
                return Task.FromResult(false);
            },
            "the frame that is waited for comes in"
        );
        return frames;
    }

    public void Dispose() => _tap.Dispose();

    private byte[]? TryReceive()
    {
        var buffer = new byte[2048];
        var length = (int)read(_tap, buffer, (nuint)buffer.Length);
        return length > 0 ? buffer[..length] : null;
    }

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int open(byte[] path, int flags);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ioctl(SafeFileHandle file, nuint request, byte[] argument);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint read(SafeFileHandle file, byte[] buffer, nuint length);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint write(SafeFileHandle file, byte[] buffer, nuint length);
}
