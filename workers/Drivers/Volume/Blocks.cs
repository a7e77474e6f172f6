using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Pipeline.Drivers.Volume;

/// <summary>What a sparse file takes of its file system.</summary>
internal static class Blocks
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint WantsBlocks = 0x400; // STATX_BLOCKS
    private const int BlocksAt = 48; // statx(2): the same on every architecture
    private const int BlockBytes = 512;

    /// <returns>Bytes; null when the file is not there.</returns>
    public static long? BytesOf(string path)
    {
        var answer = new byte[256];
        return statx(CurrentFolder, path, 0, WantsBlocks, answer) == 0
            ? BinaryPrimitives.ReadInt64LittleEndian(answer.AsSpan(BlocksAt)) * BlockBytes
            : null;
    }

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statx(
        int folder,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path,
        int flags,
        uint mask,
        [Out] byte[] answer
    );
}
